"""What a browser without scripts would send from a page of the desk."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html


def form_data(response: HttpResponse, form_id: str) -> dict[str, Any]:
    """Names and values of the form as it came, files and buttons left out."""
    form = html.fromstring(response.content.decode()).get_element_by_id(form_id)
    data: dict[str, Any] = {}
    for field in form.iterfind(".//*[@name]"):
        name, kind = field.get("name", ""), field.get("type", "")
        if next(field.iterancestors("template"), None) is not None:
            continue
        if kind in {"submit", "button", "file"} or field.tag == "button":
            continue
        if kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                data.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "select":
            data[name] = [option.get("value") for option in field.iterfind(".//option[@selected]")]
        elif field.tag == "textarea":
            data[name] = (field.text or "").removeprefix("\n")
        else:
            data[name] = field.get("value", "")
    return data


def error_summary(response: HttpResponse) -> str:
    """What the page says is amiss; nothing when the form was saved."""
    if response.status_code == 302:
        return ""
    found = html.fromstring(response.content.decode()).find_class("error-summary")
    return " ".join(found[0].text_content().split()) if found else ""


def mark(response: Any) -> str:
    """What the box below the question about an address sends for a yes; nothing where nothing is asked."""
    found = response.content.decode().partition('name="address_confirmed" value="')[2]
    return str(found.partition('"')[0])


def post(desk: Client, address: str, data: dict[str, Any], *, is_sure: bool) -> Any:
    """Send a form of the desk; one who is sure says yes to the question about its address."""
    answer = desk.post(address, data)
    yes = mark(answer) if is_sure and answer.status_code == 200 else ""
    return desk.post(address, data | {"address_confirmed": yes}) if yes else answer
