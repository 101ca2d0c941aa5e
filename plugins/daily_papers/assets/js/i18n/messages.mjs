// The words of one language: of the catalogue that the pages were made with the texts that scripts may say, by their keys.

/** @typedef {Record<string, string | Record<string, string>>} Catalogue texts by key; by plural category where a number counts */

export class Words {
  #catalogue;
  #plural;

  /**
   * @param {string} language
   * @param {Catalogue} catalogue
   */
  constructor(language, catalogue) {
    this.language = language;
    this.#catalogue = catalogue;
    this.#plural = new Intl.PluralRules(language);
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values] for its `{places}`
   * @returns {string} the key itself where the catalogue has no such text
   */
  text(key, values = {}) {
    const text = this.#catalogue[key];
    return typeof text === "string" ? fill(text, values) : key;
  }

  /**
   * @param {string} key
   * @param {number} count
   * @returns {string}
   */
  count(key, count) {
    const forms = this.#catalogue[key];
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
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}
