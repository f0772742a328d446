import pytest
from django.test import Client
from lxml import html

from research.models import Topic
from tests.desk_form import error_summary, form_data
from tests.factories import TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_topics_are_listed_as_their_tree_stands(desk: Client) -> None:
    sea = TopicFactory.create(name="Sea", position=2)
    TopicFactory.create(name="Air", position=1)
    TopicFactory.create(name="Cables", parent=sea)
    page = html.fromstring(desk.get("/admin/research/topic/").content.decode())
    names = [(name.text_content(), name.get("class")) for name in page.find_class("depth")]
    assert names == [("Air", "depth depth-0"), ("Sea", "depth depth-0"), ("Cables", "depth depth-1")]


def test_a_topic_is_put_below_another(desk: Client) -> None:
    sea = TopicFactory.create(name="Sea")
    data = form_data(desk.get("/admin/research/topic/add/"), "topic_form")
    response = desk.post("/admin/research/topic/add/", data | {"name": "Cables", "slug": "cables", "parent": sea.pk})
    assert error_summary(response) == ""
    assert Topic.objects.get(slug="cables").parent == sea
