# Sourced by the other scripts: change to the repository's root, install missing packages, and put the environment first
# on PATH. Exits as scripts/install does.
CDPATH='' cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scripts/install
export PATH="${DAILY_PAPERS_VENV:-$PWD/.venv}/bin:$PATH"
export NO_MKDOCS_2_WARNING=1 # Material's notice about the end of its development is for maintainers, not for each build
