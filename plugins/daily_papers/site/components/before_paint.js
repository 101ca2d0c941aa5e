{# Runs before the first paint, so that nothing shifts: restores the reader's language, and collapses dismissed
   papers. -#}
try {
  const language = JSON.parse(localStorage.getItem("daily-papers.language"));
  if (language) document.documentElement.dataset.dpLang = language;
} catch {}
{# A jump to a paper needs the true heights of those above it. #}
if (location.hash) document.documentElement.dataset.dpFullLayout = "";
{# A URL with a filter: hide the papers until the script has applied it, for three seconds at most. #}
if (/[?&](topic|org|code|video|votes|q|not|sort)=/.test(location.search)) {
  document.documentElement.dataset.dpFilterPending = "";
  setTimeout(() => { delete document.documentElement.dataset.dpFilterPending; }, 3000);
}
try {
  const { papers } = JSON.parse(localStorage.getItem("daily-papers.library"));
  document.documentElement.dataset.dpHasLibrary = "";
  const dismissed = Object.keys(papers).filter((id) => papers[id].hidden).map((id) => `[id="${CSS.escape(id)}"]`);
  if (dismissed.length) {
    const style = document.createElement("style");
    style.id = "dp-early";
    style.textContent = `.dp-paper.dp-paper:is(${dismissed}){height:var(--dp-dismissed-height);min-height:0!important;padding:0!important}.dp-paper:is(${dismissed})>*{display:none!important}`;
    document.head.append(style);
  }
} catch {}
