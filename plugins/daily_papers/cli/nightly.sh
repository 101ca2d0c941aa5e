#!/usr/bin/env bash
# Nightly run: pull, fetch, summarize, check, build into site/, commit the changes of the archive, push, notify a chat.
#
# Arguments go to `daily-papers fetch`, except --allow-smaller: publish a site even if it has fewer dates than the last
# one, or much less data.
# With gh and a token, a run that fails, or gets no date from its source, opens an issue on GitHub. The next run that
# succeeds closes it.
# DAILY_PAPERS_WEBHOOK is the address of a Slack or Discord webhook. It gets a message about each day whose list has closed.
# DAILY_PAPERS_BUILD is the command that builds into site/, instead of `mkdocs build`.
# Exit codes: 0 done; 1 done in part: built and pushed, and the log names each failure; 2 nothing usable, not pushed, or not
# to be published; 130 stopped.
# Run it in the root of a site's repository, with daily-papers, mkdocs and python of its environment first on PATH.
set -euo pipefail

archive=(':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].json'
  ':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].rejected.json' ':(glob)docs/**/ledger.json'
  ':(glob)docs/**/usage.json' ':(glob)docs/**/arxiv.json'
  ':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/related.json'
  ':(glob)docs/**/media.json' ':(glob)docs/**/media/[0-9a-f][0-9a-f]/*.webp')
# Size of the last published site. It is committed together with the archive; alone only after --allow-smaller.
figures=build.json
result=0

allow=() range=()
for argument; do
  if [[ $argument == --allow-smaller ]]; then allow=("$argument"); else range+=("$argument"); fi
done

# print_line TEXT [KIND]: print TEXT to the log and to GitHub's job summary, and as an annotation of that kind.
print_line() {
  printf '%s%s\n' "${2:+${GITHUB_ACTIONS:+::$2::}}" "$1"
  if [[ -n ${GITHUB_STEP_SUMMARY-} ]]; then printf '%s\n\n' "$1" >>"$GITHUB_STEP_SUMMARY"; fi
}
# warn TEXT: print a warning. The run then ends with exit code 1.
warn() {
  result=1
  print_line "$1" warning
}
# fail TEXT [CODE]: end the run with this exit code, by default 2. Opens an issue, unless the run was stopped.
fail() {
  ended_as_planned=1
  print_line "$1" error
  if [[ ${2:-2} != 130 ]]; then update_issue open "$1"; fi
  exit "${2:-2}"
}

has_gh() { [[ -n ${GH_TOKEN-}${GITHUB_TOKEN-} ]] && command -v gh >/dev/null; }
run_url() {
  if [[ -n ${GITHUB_RUN_ID-} ]]; then printf '%s/%s/actions/runs/%s' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"; fi
}
# update_issue open|close TEXT: open, or close, the issue about failing runs. An error of gh never changes the exit code.
update_issue() {
  if has_gh; then python -m daily_papers.cli.failure_issue "$1" "$(printf '%s\n\n%s' "$2" "$(run_url)")" || true; fi
}

# add_to_summary FILE PATTERN: add the matching lines of a command's output to GitHub's job summary. They quote text from
# other people, so they go into a code block.
add_to_summary() {
  if [[ -n ${GITHUB_STEP_SUMMARY-} ]]; then
    { printf '```\n'; grep -E "$2" "$1" | head -n 50 | tr -d '`' || true; printf '```\n\n'; } >>"$GITHUB_STEP_SUMMARY"
  fi
}

# Diff against the last commit, independent of the user's git settings. A renamed file counts as two files.
archive_diff() { git diff --no-renames --no-color --no-ext-diff HEAD "$@"; }

# Print the commit's subject: "Papers of 2026-07-09 to 2026-07-15: 3 new, 41 changed". In a day file, each paper begins
# with its id. Lines with only brackets are ignored: they also change when a comma is added after the paper before.
subject() {
  archive_diff --name-only -- "${archive[@]:0:2}" | sed -E 's#.*([0-9]{4})/([0-9]{2})/([0-9]{2})\..*#\1-\2-\3#' | sort -u |
    awk 'NR == 1 { first = $0 } END { printf "%s", NR ? "Papers of " first (NR > 1 ? " to " $0 : "") : "Ledger" }'
  archive_diff --unified=1000000 -- "${archive[0]}" | awk '
    /^diff /        { counted = 1 }
    /^[-+ ] *"id":/ { added += /^\+/; counted = !/^ /; next }
    /^[-+] *[^][{} ]/ { changed += !counted; counted = 1 }
    END             { if (NR) printf ": %d new, %d changed", added, changed }'
}

commit() {
  local message='Figures of the site'
  if ! archive_diff --quiet -- "${archive[@]}"; then message=$(subject); fi
  if [[ -e $figures ]]; then git add -- "$figures"; fi
  archive_diff -z --name-only -- "${archive[@]}" "$figures" |
    GIT_COMMITTER_DATE="@$built_at" git --literal-pathspecs commit --quiet --message "$message" --only --pathspec-from-file=- --pathspec-file-nul
  print_line "$message"
}

push() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if git push --quiet "$remote" "HEAD:$branch"; then return; fi
    echo "Push $attempt of 5 was refused; pulling the commits that were pushed meanwhile."
    if ! git pull --quiet --rebase --autostash "$remote" "$branch"; then
      git rebase --abort 2>/dev/null || true
      return 1
    fi
  done
  return 1
}

current=$(git symbolic-ref --quiet --short HEAD) || fail "No branch is checked out; check out the one to push: git switch BRANCH"
remote=$(git config "branch.$current.remote") && branch=$(git config "branch.$current.merge") ||
  fail "The branch $current has no upstream to push to; set one with: git push --set-upstream origin $current"
if ! git -c user.useConfigOnly=true var GIT_COMMITTER_IDENT >/dev/null 2>&1; then
  export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
  export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
fi

# Pull the commits of others first. Uncommitted changes in the clone are kept.
if ! git pull --quiet --rebase --autostash "$remote" "$branch"; then
  git rebase --abort 2>/dev/null || true
  print_line "The commits on $remote could not be pulled; this run continues with the local ones." warning
fi

# Caches are made anew and contain code that builds run: they come from this clone only, never from a commit.
if [[ -n $(git ls-files -- .cache) ]]; then
  fail "Git tracks files below .cache, the folder of caches, which this run would use and change. Remove them from git and commit that: git rm -r --cached .cache"
fi

# A command that fails unexpectedly ends the run with exit code 2, whatever its own exit code is.
ended_as_planned=''
at_exit() {
  local code=$?
  rm -f -- "$log"
  if [[ -z $ended_as_planned && $code != 130 && $code != 143 ]]; then
    fail "The run ended unexpectedly, with exit code $code: see the log."
  fi
}
log=$(mktemp)
trap at_exit EXIT
fetched=0 no_answer=''
daily-papers fetch "${range[@]}" | tee "$log" || fetched=${PIPESTATUS[0]}
add_to_summary "$log" '^(Fetched|arXiv): |  failed'
case $fetched in
  0) ;;
  1)
    warn "Not every date could be fetched: the log names each one. The next run fetches it again."
    # The next run can repair a single failed date. A source without any answer may have changed, which needs a person.
    no_answer=$(grep '^Fetched: ' "$log" | grep -vE 'stored|unchanged|empty|nothing to ask') || no_answer=''
    ;;
  130) fail "Stopped. The fetched dates are stored in the clone; nothing was committed." 130 ;;
  *) fail "No date could be fetched, or an argument is wrong: see the log. Nothing was committed." ;;
esac
summarized=0
daily-papers summarize || summarized=$?
case $summarized in
  0) ;;
  130) fail "Stopped. The fetched dates are stored in the clone; nothing was committed." 130 ;;
  *) warn "Not every summary could be written: the log names each missing one. The next run asks for it again." ;;
esac
checked=0
daily-papers check || checked=$?
case $checked in
  0) ;;
  1) warn "The archive has faulty files: the log names file and place." ;;
  130) fail "Stopped. The fetched dates are stored in the clone; nothing was committed." 130 ;;
  *) fail "The archive could not be checked: see the log. Nothing was committed." ;;
esac
# MkDocs writes the date of the build into the site. With the date of the commit, a later build of it has the same bytes.
if archive_diff --quiet -- "${archive[@]}" && [[ -z $(git ls-files --others --exclude-standard -- "${archive[@]}") ]]; then
  built_at=$(git log -1 --date=raw --format=%cd)
else
  built_at=$(git var GIT_COMMITTER_IDENT | sed 's/.*> //')
fi
SOURCE_DATE_EPOCH=${built_at% *} DAILY_PAPERS_FETCH=never bash -c "${DAILY_PAPERS_BUILD:-mkdocs build --site-dir site}" ||
  fail "The site could not be built: see the log. Nothing was committed."

refused=''
python -m daily_papers.cli.publish_guard site "$figures" "${allow[@]}" >"$log" || refused=1
cat -- "$log"
add_to_summary "$log" .

git ls-files -z --others --exclude-standard -- "${archive[@]}" | xargs -0 -r git --literal-pathspecs add --
if archive_diff --quiet -- "${archive[@]}" && { [[ -z ${allow[*]} ]] || archive_diff --quiet -- "$figures"; }; then
  print_line "Nothing changed."
  # Do not commit a new size alone, such as after an update of the theme.
  git checkout --quiet -- "$figures" 2>/dev/null || true
else
  commit
fi
# Push, including commits that an earlier run could not push.
if [[ $(git rev-list --count "@{upstream}..HEAD") != 0 ]]; then
  last_stored_at=$(git log -1 --format=%cI "@{upstream}" -- "${archive[@]}" "$figures")
  push || fail "Nothing was pushed to $remote: see the log. The commit stays on $current, and the next run pushes it."
fi
# The archive is complete and pushed; only the site must not replace the last one.
if [[ -n $refused ]]; then fail "The site is not published. $(head -n 1 "$log")"; fi
if [[ -n ${DAILY_PAPERS_WEBHOOK-} && -n ${last_stored_at-} ]]; then
  python -m daily_papers.cli.notify "$last_stored_at" || warn "The message about the closed day was not sent to the webhook."
fi
if [[ -n $no_answer ]]; then
  update_issue open "No date could be fetched; the site is published from the stored days. $no_answer"
else
  update_issue close 'A nightly run succeeded again.'
fi
ended_as_planned=1
exit "$result"
