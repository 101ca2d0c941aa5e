// Interface messages of one language: texts by key, plural forms, numbers and dates.

/** @typedef {Record<string, string | Record<string, string>>} Catalog texts by key; texts by plural category for counts */

export class Messages {
  #catalog;
  #plural;

  /**
   * @param {string} language
   * @param {Catalog} catalog
   */
  constructor(language, catalog) {
    this.language = language;
    this.#catalog = catalog;
    this.#plural = new Intl.PluralRules(language);
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values] for the `{placeholders}`
   * @returns {string} the key itself if the catalog has no such text
   */
  text(key, values = {}) {
    const text = this.#catalog[key];
    return typeof text === "string" ? fill(text, values) : key;
  }

  /**
   * @param {string} key
   * @param {number} count
   * @returns {string}
   */
  count(key, count) {
    const forms = this.#catalog[key];
    if (typeof forms !== "object") return key;
    return fill(forms[this.#plural.select(count)] ?? forms.other, { count: this.number(count) });
  }

  /** @param {number} number */
  number(number) {
    return number.toLocaleString(this.language);
  }

  /**
   * @param {string} date as 2024-03-01
   * @param {"full" | "brief" | "short" | "plain" | "month" | "year" | "yearmonth"} [form]
   * @returns {string}
   */
  date(date, form = "full") {
    const [year, number, day] = date.split("-").map(Number);
    const instant = Date.UTC(year, number - 1, day);
    /** @param {Intl.DateTimeFormatOptions} options */
    const name = (options) => new Intl.DateTimeFormat(this.language, { timeZone: "UTC", ...options }).format(instant);
    return this.text(`date_${form}`, {
      year,
      number,
      day,
      month: name({ month: "long" }),
      mon: name({ month: "short" }),
      weekday: name({ weekday: "long" }),
      wd: name({ weekday: "short" }),
    });
  }
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(values[name] ?? placeholder));
}
