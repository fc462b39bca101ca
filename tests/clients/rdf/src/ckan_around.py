"""What stands around the parser of CKAN's DCAT harvester in a CKAN, as far as the parser asks for it: nothing configured, no dataset schema,
no licences, no organisation. The parser is `ckanext-dcat`'s own; the web server, its database and its search engine stay away.
"""

import sys
import types


class Nothing:
    """A part of CKAN that reading a catalogue does not need."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __iter__(self):
        return iter(())

    def __mro_entries__(self, _):
        return (object,)


class Part(types.ModuleType):
    """A module of CKAN."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class NotThere(Exception):
    """CKAN's word for what it does not have."""


def _no_action(name):
    raise KeyError(name)


_PARTS = {
    "ckan": {},
    "ckan.exceptions": {"HelperError": NotThere},
    "ckan.lib": {},
    "ckan.lib.helpers": {"resource_formats": dict},
    "ckan.lib.munge": {"munge_tag": lambda tag: tag},
    "ckan.lib.navl": {},
    "ckan.lib.navl.dictization_functions": {},
    "ckan.model": {},
    "ckan.model.license": {},
    "ckan.plugins": {},
    "ckan.plugins.interfaces": {"Interface": object},
    "ckan.plugins.toolkit": {},
    "ckan.views": {},
    "ckan.views.dataset": {},
    "ckan.views.home": {},
    "ckantoolkit": {
        "ObjectNotFound": NotThere,
        "asbool": lambda text: str(text).lower() in ("true", "yes", "on", "1"),
        "aslist": lambda text: text.split() if isinstance(text, str) else list(text or []),
        "config": {},
        "get_action": _no_action,
    },
}

for _name, _members in _PARTS.items():
    sys.modules[_name] = Part(_name)
    vars(sys.modules[_name]).update(_members)
