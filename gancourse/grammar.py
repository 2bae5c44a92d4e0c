"""Keep away a grammar that nobody here needs: import this before nbformat.

jsonschema, which nbformat asks, would compile a grammar for addresses, of which no notebook's schema knows any:
several seconds in each process that builds, lints or grades.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
