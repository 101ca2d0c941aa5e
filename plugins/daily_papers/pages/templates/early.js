{# Runs before anything is painted, so that nothing shifts: which language and which view this reader
   has chosen, and which papers are folded away. -#}
try {
  for (const [name, at] of [["language", "dpLang"], ["view", "dpView"]]) {
    const chosen = JSON.parse(localStorage.getItem("daily-papers." + name));
    if (chosen) document.documentElement.dataset[at] = chosen;
  }
} catch {}
{# Who comes for one paper leaps over others, whose true height counts then. #}
if (location.hash) document.documentElement.dataset.dpFullLayout = "";
{# A day that comes with a filter in its address shows its papers when that has been applied, or has not come in time. #}
if (/[?&](topic|org|code|video|votes|q|not|sort)=/.test(location.search)) {
  document.documentElement.dataset.dpFilterPending = "";
  setTimeout(() => { delete document.documentElement.dataset.dpFilterPending; }, 3000);
}
try {
  const { papers } = JSON.parse(localStorage.getItem("daily-papers.library"));
  document.documentElement.dataset.dpHasLibrary = "";
  const away = Object.keys(papers).filter((id) => papers[id].hidden).map((id) => `[id="${CSS.escape(id)}"]`);
  if (away.length) {
    const style = document.createElement("style");
    style.id = "dp-early";
    style.textContent = `.dp-paper.dp-paper:is(${away}){height:var(--dp-dismissed-height);min-height:0!important;padding:0!important}.dp-paper:is(${away})>*{display:none!important}`;
    document.head.append(style);
  }
} catch {}
