{# Runs before anything is painted, so that nothing shifts: which language and which view this reader has chosen. -#}
try {
  for (const [name, at] of [["language", "dpLang"], ["view", "dpView"]]) {
    const chosen = JSON.parse(localStorage.getItem("daily-papers." + name));
    if (chosen) document.documentElement.dataset[at] = chosen;
  }
} catch {}
{# A day that comes with a filter in its address shows its papers when that has been applied, or has not come in time. #}
if (/[?&](topic|org|code|video|votes|q|not|sort)=/.test(location.search)) {
  document.documentElement.dataset.dpWait = "";
  setTimeout(() => { delete document.documentElement.dataset.dpWait; }, 3000);
}
