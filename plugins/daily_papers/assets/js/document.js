// Language and colors of a page in the light frame, before its first paint. Material stores the colors.
((root) => {
  try {
    const get = (key) => JSON.parse(localStorage.getItem(key));
    const language = get("daily-papers.language");
    if (language) root.dataset.dpLang = language;
    const { dpRoot, mdColorScheme } = root.dataset;
    const chosen = get(new URL(dpRoot, location).pathname + ".__palette")?.color?.scheme;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "slate" : "default";
    root.dataset.mdColorScheme = chosen || (mdColorScheme === "auto" ? system : mdColorScheme);
  } catch {}
})(document.documentElement);
