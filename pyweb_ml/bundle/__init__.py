"""A built site: a folder of static files that holds all that an app needs."""

from pyweb_ml.bundle.report import BuildReport
from pyweb_ml.bundle.site import build_site

__all__ = ["BuildReport", "build_site"]
