"""Writing the pages of the institution and their records, from texts/pages. What exists is left as it is."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from editorial import publishing, saving, uploads
from editorial.models import Document, Image, User
from institution import seed
from institution.models import (
    Attachment,
    CalendarDate,
    Degree,
    Edition,
    Holder,
    Honour,
    Intake,
    Location,
    Page,
    Professorship,
    Question,
    Recipient,
    Route,
    Vacancy,
    at,
)
from people.models import Person
from publications.models import Publication
from research.models import ResearchCentre
from rsis.demo import lightmark, pdf, records
from rsis.demo.records import Record

FAQ = "graduate-education/graduate-programmes-office/frequently-asked-questions"
CAREERS = "about/career-opportunities"
FILES = ("about", "graduate", "outreach", "research")


def load(
    today: date, by: User, people: Mapping[str, Person], images: Mapping[str, Image], pieces: Mapping[str, Publication]
) -> int:
    """Give how many pages were written."""
    seed.load()
    writer = Writer(today, by, people, images, pieces)
    found = [record for name in FILES for record in records.read(f"pages/{name}.txt")]
    made = sum(writer.page(record, position) for position, record in enumerate(found, start=1))
    if not Vacancy.objects.exists():
        for record in records.read("pages/vacancies.txt"):
            writer.vacancy(record)
    if not Honour.objects.exists():
        for record in records.read("pages/honours.txt"):
            writer.honour(record)
    if not Professorship.objects.exists():
        for position, record in enumerate(records.read("pages/chairs.txt"), start=1):
            writer.chair(record, position)
    return made


def words(text: str) -> str:
    return text.replace("'", "’")


def cells(line: str, count: int) -> list[str]:
    found = [words(cell.strip()) for cell in line.split("|")]
    return found + [""] * (count - len(found))


class Writer:
    def __init__(
        self,
        today: date,
        by: User,
        people: Mapping[str, Person],
        images: Mapping[str, Image],
        pieces: Mapping[str, Publication],
    ) -> None:
        self.today, self.by, self.people, self.images, self.pieces = today, by, people, images, pieces
        # The academic year that began last.
        self.autumn = today.year if today.month >= 7 else today.year - 1

    def page(self, record: Record, position: int) -> int:
        if Page.objects.filter(at(record.key)).exists():
            return 0
        page = Page(
            kind=record.get("kind", Page.Kind.TEXT), slug=record.key.rpartition("/")[2], position=position * 10,
            body=lightmark.to_html(record.text), created_by=self.by, image=self.images.get(record.get("image")),
            signed_by=self.people.get(record.get("signed_by")), signed_post=words(record.get("post")),
            shows=self._page_at(record.get("shows")), reviewed_on=self.today - timedelta(days=position * 11),
            title=words(record.get("title")), short_title=words(record.get("short")),
            summary=words(record.get("summary")),
        )  # fmt: skip
        page.parent = self._page_at(record.key.rpartition("/")[0])
        if page.parent is None and record.key.startswith("research/"):
            page.centre = ResearchCentre.objects.get(slug=record.key.split("/")[1])
        page.take_place()
        page.full_clean(exclude=["created_by", "updated_by", "path"])
        page.save()
        self._rows(record, page)
        publishing.publish(page, self._morning(self.today - timedelta(days=400 - position)), self.by)
        return 1

    def _page_at(self, path: str) -> Page | None:
        found: Page | None = Page.objects.filter(at(path)).select_related("centre").first() if path else None
        return found

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, time(9), timezone.get_default_timezone())

    def _after(self, days: str) -> Any:
        return self.today + timedelta(days=int(days)) if days else None

    def _day(self, given: str, year: int) -> Any:
        """`1 08-03`: 3 August of the year after this one."""
        offset, _gap, rest = given.partition(" ")
        return date.fromisoformat(f"{year + int(offset)}-{rest}") if rest else None

    def _rows(self, record: Record, page: Page) -> None:
        for line in record.all("edition"):
            self._edition(page, cells(line, 7))
        for line in record.all("intake"):
            name, start, end, apply_by, venue, places, fee = cells(line, 7)
            Intake.objects.create(
                page=page, name=name, starts_on=self._after(start), ends_on=self._after(end),
                apply_by=self._after(apply_by), venue=venue, places=int(places), fee=fee,
            )  # fmt: skip
        for line in record.all("degree"):
            award, length, mode, intake, units, fees, opens, closes = cells(line, 8)
            Degree.objects.create(
                page=page, award=award, length=length, mode=mode, intake=intake, units=units, fees=fees,
                opens_on=self._day(opens, self.autumn), closes_on=self._day(closes, self.autumn),
            )  # fmt: skip
        for line in record.all("date"):
            term, label, start, end = cells(line, 4)
            term = f"{term}, {self.autumn}–{self.autumn + 1}"
            starts_on, ends_on = self._day(start, self.autumn), self._day(end, self.autumn)
            CalendarDate.objects.create(page=page, term=term, label=label, starts_on=starts_on, ends_on=ends_on)
        self._further_rows(record, page)

    def _further_rows(self, record: Record, page: Page) -> None:
        for line in record.all("place"):
            name, latitude, longitude, address, hours = cells(line, 5)
            Location.objects.create(
                page=page, name=name, latitude=latitude, longitude=longitude, map_url=address, hours=hours
            )
        for position, line in enumerate(record.all("route")):
            means, title, duration, steps = cells(line, 4)
            lines = "\n".join(step.strip() for step in steps.split(";"))
            Route.objects.create(page=page, means=means, title=title, duration=duration, steps=lines, position=position)
        for line in record.all("pdf"):
            label, slug = cells(line, 2)
            Attachment.objects.create(page=page, label=label, slug=slug, document=self._document(page, label, slug))
        if record.key == FAQ:
            for position, one in enumerate(records.read("pages/questions.txt")):
                Question.objects.create(
                    page=page, heading=words(one.get("heading")), question=words(one.get("question")),
                    answer=lightmark.to_html(one.text), position=position,
                )  # fmt: skip

    def _edition(self, page: Page, row: list[str]) -> None:
        offset, start, end, theme, venue, participants, report = row
        year = self.today.year + int(offset)
        Edition.objects.create(
            page=page, year=year, starts_on=date.fromisoformat(f"{year}-{start}"),
            ends_on=date.fromisoformat(f"{year}-{end}"), theme=theme, venue=venue,
            participants=int(participants) if participants else None, report=self.pieces.get(report),
        )  # fmt: skip

    def _document(self, page: Page, label: str, slug: str) -> Document:
        content = pdf.render(label, ["RSIS"], str(self.today.year), page.summary, page.body)
        file = SimpleUploadedFile(f"{slug}.pdf", content, content_type="application/pdf")
        return uploads.accept_document(file, Document.Kind.PDF, label, self.by)

    def vacancy(self, record: Record) -> None:
        post, _mark, apply = record.text.partition("== ")
        days = record.get("closes")
        hour = record.get("time")
        vacancy = Vacancy(
            page=Page.objects.get(at(CAREERS)), slug=record.key, title=words(record.get("title")),
            reference=record.get("reference"), kind=record.get("kind"), terms=record.get("terms"),
            centre=ResearchCentre.objects.filter(slug=record.get("centre")).first(),
            summary=words(record.get("summary")), body=lightmark.to_html(post), how_to_apply=lightmark.to_html(apply),
            closes_on=self._after(days), closes_time=time.fromisoformat(hour) if hour else None, created_by=self.by,
        )  # fmt: skip
        vacancy.save()
        saving.record(vacancy, self.by)
        if record.get("state") != "draft":
            publishing.publish(vacancy, self._morning(self.today - timedelta(days=30)), self.by)

    def honour(self, record: Record) -> None:
        year = self.today.year + int(record.get("year"))
        honour = Honour.objects.create(
            year=year, group=record.get("group", Honour.Group.STAFF), award=words(record.get("award")),
            giver=words(record.get("giver")), note=words(" ".join(record.text.split())),
            announced_on=min(self.today, date(year, 10, 1)),
        )  # fmt: skip
        for position, name in enumerate(record.get("to").split(";")):
            Recipient.objects.create(honour=honour, position=position, **self._named(name.strip()))

    def chair(self, record: Record, position: int) -> None:
        chair = Professorship.objects.create(
            name=words(record.get("name")), endowed_by=words(record.get("by")), position=position * 10,
            established_on=self._year_day(record.get("since")), purpose=lightmark.to_html(record.text),
        )  # fmt: skip
        for line in record.all("held"):
            name, start, end = cells(line, 3)
            Holder.objects.create(
                professorship=chair, started_on=self._year_day(start), ended_on=self._year_day(end), **self._named(name)
            )

    def _year_day(self, given: str) -> Any:
        """`2009 01-15`, or `-3 01-01` for a year counted from this one."""
        year, _gap, rest = given.partition(" ")
        if not rest:
            return None
        return date.fromisoformat(f"{int(year) if int(year) > 1900 else self.today.year + int(year)}-{rest}")

    def _named(self, name: str) -> dict[str, object]:
        """`=Name` for somebody without an entry."""
        return {"name": words(name[1:])} if name.startswith("=") else {"person": self.people[name]}
