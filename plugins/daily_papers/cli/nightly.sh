#!/usr/bin/env bash
# One night: pull, fetch, summarize, check, build into site/, commit what changed in the archive, push. Arguments go to
# `daily-papers fetch`, but for --allow-smaller: publish a site with fewer dates, or much smaller, than the last one.
# With gh and a token, a night that fails, or hears nothing from upstream, opens an issue, and one that goes well closes
# it. DAILY_PAPERS_WEBHOOK, the address of a Slack or Discord webhook, is told of each day when its list has closed.
# Exits 0 done; 1 done in part (built and pushed, the log names each failure); 2 nothing usable, not pushed, or not to be
# published; 130 stopped.
# Runs in the root of a site's repository, with daily-papers, mkdocs and python of its environment first on PATH.
set -euo pipefail

archive=(':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].json'
  ':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9].rejected.json' ':(glob)docs/**/ledger.json'
  ':(glob)docs/**/usage.json' ':(glob)docs/**/arxiv.json'
  ':(glob)docs/**/[0-9][0-9][0-9][0-9]/[0-9][0-9]/related.json'
  ':(glob)docs/**/media.json' ':(glob)docs/**/media/[0-9a-f][0-9a-f]/*.webp')
# Of the last site that was published; committed with what changed in the archive, alone only where less was allowed.
figures=build.json
failing='The nightly run fails'
result=0

allow=() range=()
for argument; do
  if [[ $argument == --allow-smaller ]]; then allow=("$argument"); else range+=("$argument"); fi
done

# say TEXT [KIND]: a line for the log and GitHub's summary, there also as an annotation of that kind.
say() {
  printf '%s%s\n' "${2:+${GITHUB_ACTIONS:+::$2::}}" "$1"
  if [[ -n ${GITHUB_STEP_SUMMARY-} ]]; then printf '%s\n\n' "$1" >>"$GITHUB_STEP_SUMMARY"; fi
}
in_part() {
  result=1
  say "$1" warning
}
give_up() {
  meant=1
  say "$1" error
  if [[ ${2:-2} != 130 ]]; then report "$1"; fi
  exit "${2:-2}"
}

# The number of the open issue on failing nights, if there is one. Whatever gh says, the night ends as it would without.
open_issue() {
  gh issue list --state open --limit 200 --json number,title --jq ".[] | select(.title == \"$failing\") | .number" | head -n 1
}
has_gh() { [[ -n ${GH_TOKEN-}${GITHUB_TOKEN-} ]] && command -v gh >/dev/null; }
this_run() {
  if [[ -n ${GITHUB_RUN_ID-} ]]; then printf '%s/%s/actions/runs/%s' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"; fi
}
report() {
  has_gh || return 0
  local number body
  body=$(printf '%s\n\n%s' "$1" "$(this_run)")
  number=$(open_issue) || return 0
  if [[ -n $number ]]; then
    gh issue comment "$number" --body "$body" || true
  else
    gh issue create --title "$failing" --body "$body" || true
  fi
}
close_report() {
  has_gh || return 0
  local number
  number=$(open_issue) || return 0
  if [[ -n $number ]]; then gh issue close "$number" --comment "A night went well again. $(this_run)" || true; fi
}

# What a command said that a person has to know, on the page of the job: in a block of code, since it quotes strangers.
tell() {
  if [[ -n ${GITHUB_STEP_SUMMARY-} ]]; then
    { printf '```\n'; grep -E "$2" "$1" | head -n 50 | tr -d '`' || true; printf '```\n\n'; } >>"$GITHUB_STEP_SUMMARY"
  fi
}

# What differs from the last commit, whatever the user's settings say; a file that goes and one that comes are two files.
archive_diff() { git diff --no-renames --no-color --no-ext-diff HEAD "$@"; }

# "Papers of 2026-07-09 to 2026-07-15: 3 new, 41 changed", of the archive against the last commit. In a day file a paper
# begins at its id; a line of nothing but brackets changes with its neighbour, when a comma joins them.
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
  say "$message"
}

push() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if git push --quiet "$remote" "HEAD:$branch"; then return; fi
    echo "Push $attempt of 5 was refused; taking in what was pushed meanwhile."
    if ! git pull --quiet --rebase --autostash "$remote" "$branch"; then
      git rebase --abort 2>/dev/null || true
      return 1
    fi
  done
  return 1
}

here=$(git symbolic-ref --quiet --short HEAD) || give_up "No branch is checked out, so there is none to push to."
remote=$(git config "branch.$here.remote") && branch=$(git config "branch.$here.merge") ||
  give_up "The branch $here has no upstream to push to; set one with: git push --set-upstream origin $here"
if ! git -c user.useConfigOnly=true var GIT_COMMITTER_IDENT >/dev/null 2>&1; then
  export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
  export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
fi

# What others pushed meanwhile comes first; somebody's unfinished work stays as it is.
if ! git pull --quiet --rebase --autostash "$remote" "$branch"; then
  git rebase --abort 2>/dev/null || true
  say "What is on $remote could not be taken in first; this night goes on with what is here." warning
fi

# A command that fails where nothing is made of it is no night done in part, whatever its own exit code says.
meant=''
at_exit() {
  local code=$?
  rm -f -- "$log"
  if [[ -z $meant && $code != 130 && $code != 143 ]]; then
    give_up "The night came to an end nobody foresaw, with exit code $code: see the log."
  fi
}
log=$(mktemp)
trap at_exit EXIT
fetched=0 unheard=''
daily-papers fetch "${range[@]}" | tee "$log" || fetched=${PIPESTATUS[0]}
tell "$log" '^(Fetched|arXiv): |  failed'
case $fetched in
  0) ;;
  1)
    in_part "Not everything could be fetched: the log names each date, and the next night asks for it again."
    # One date that fails is the next night's; a source that answers nothing may have changed, which no night heals.
    unheard=$(grep '^Fetched: ' "$log" | grep -vE 'stored|unchanged|empty|nothing to ask') || unheard=''
    ;;
  130) give_up "Stopped. What was fetched is stored here, nothing was committed." 130 ;;
  *) give_up "Nothing could be fetched, or not as asked: see the log. Nothing was committed." ;;
esac
summarized=0
daily-papers summarize || summarized=$?
case $summarized in
  0) ;;
  130) give_up "Stopped. What was fetched is stored here, nothing was committed." 130 ;;
  *) in_part "Not every summary could be made: the log names each; pages show what there is, and the next night asks again." ;;
esac
checked=0
daily-papers check || checked=$?
case $checked in
  0) ;;
  1) in_part "The archive has files that do not hold what they should: the log names file and place." ;;
  130) give_up "Stopped; what was fetched so far is stored, nothing was committed." 130 ;;
  *) give_up "The archive could not be checked; nothing was committed." ;;
esac
# MkDocs writes the day of a build into the site. That of the commit, and whoever builds the commit gets the same bytes.
if archive_diff --quiet -- "${archive[@]}" && [[ -z $(git ls-files --others --exclude-standard -- "${archive[@]}") ]]; then
  built_at=$(git log -1 --date=raw --format=%cd)
else
  built_at=$(git var GIT_COMMITTER_IDENT | sed 's/.*> //')
fi
SOURCE_DATE_EPOCH=${built_at% *} DAILY_PAPERS_FETCH=never mkdocs build --site-dir site ||
  give_up "The site could not be built: see the log. Nothing was committed."

refused=''
python -m daily_papers.cli.publish_guard site "$figures" "${allow[@]}" >"$log" || refused=1
cat -- "$log"
tell "$log" .

git ls-files -z --others --exclude-standard -- "${archive[@]}" | xargs -0 -r git --literal-pathspecs add --
if archive_diff --quiet -- "${archive[@]}" && { [[ -z ${allow[*]} ]] || archive_diff --quiet -- "$figures"; }; then
  say "Nothing changed."
  git checkout --quiet -- "$figures" 2>/dev/null || true # a theme's new size is no news of its own
else
  commit
fi
# Also what an earlier night could not push.
if [[ $(git rev-list --count "@{upstream}..HEAD") != 0 ]]; then
  before=$(git log -1 --format=%cI "@{upstream}" -- "${archive[@]}" "$figures")
  push || give_up "Nothing was pushed to $remote: see the log. The commit is kept on $here, the next night pushes it too."
fi
# The archive is whole, and pushed; it is only the site that is not to take the place of the last.
if [[ -n $refused ]]; then give_up "The site is not published: $(head -n 1 "$log")"; fi
if [[ -n ${DAILY_PAPERS_WEBHOOK-} && -n ${before-} ]]; then
  python -m daily_papers.cli.notify "$before" || in_part "The webhook was not told of the day that has closed."
fi
if [[ -n $unheard ]]; then
  report "No date could be fetched, the site is published as it was. $unheard"
else
  close_report
fi
meant=1
exit "$result"
