// The scripts of our pages: one element a file, each of which only adds to a page that is whole without it. What stands
// on every day comes at once; the others where one of them is met.
import "./dp-copy.mjs";
import "./dp-filter.mjs";
import "./dp-follow.mjs";
import "./dp-keys.mjs";
import "./dp-language.mjs";
import "./dp-library.mjs";
import "./dp-media.mjs";
import "./dp-view.mjs";

const RARE = ["authors", "calendar", "finder", "jump", "narrow", "news", "search", "shelf", "topics"];

function meet() {
  for (const name of RARE) if (document.querySelector(`dp-${name}`)) import(`./dp-${name}.mjs`);
}

meet();
// Material's own stream of pages, where its instant navigation swaps them without loading this again.
globalThis.document$?.subscribe(meet);
