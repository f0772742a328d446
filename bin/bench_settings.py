"""The settings of the site as they are, with the yardsticks of the benchmark beside its pages."""

from rsis.settings import *  # noqa: F403

ROOT_URLCONF = "bench_site"
