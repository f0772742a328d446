from pathlib import Path

import pytest
from pytest_django import Settings

from rsis import navigation
from tests.demonstration_site import Site


@pytest.fixture
def site(demonstration: Path, settings: Settings) -> Site:
    settings.MEDIA_ROOT = demonstration
    navigation.hold()
    return Site()
