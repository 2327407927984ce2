"""Storage of the collected static files."""

from servestatic.storage import CompressedManifestStaticFilesStorage

IMPORT = r"(?m)^(?P<matched>import (?P<names>(?:.+ from )?)'(?P<url>\./[\w/]+\.js)')"


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also replace the names of the scripts that a script imports, in the style of ours. Django's
    own way (`support_js_module_import_aggregation`) rejects scripts of django-htmx.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("*.js", ((IMPORT, "import %(names)s'%(url)s'"),)),
    )
