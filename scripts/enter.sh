# Sourced by the other scripts: goes to the repository's root, installs what is missing there, and puts its environment
# first on PATH. Exits as scripts/install does.
CDPATH='' cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scripts/install
export PATH="${DAILY_PAPERS_VENV:-$PWD/.venv}/bin:$PATH"
export NO_MKDOCS_2_WARNING=1 # Material's notice about its own end is for maintainers, not for each build
