// The scripts of our pages: one element a file, each of which only adds to a page that is whole without it.
import "./dp-authors.mjs";
import "./dp-calendar.mjs";
import "./dp-copy.mjs";
import "./dp-filter.mjs";
import "./dp-follow.mjs";
import "./dp-jump.mjs";
import "./dp-keys.mjs";
import "./dp-language.mjs";
import "./dp-library.mjs";
import "./dp-media.mjs";
import "./dp-narrow.mjs";
import "./dp-news.mjs";
import "./dp-shelf.mjs";
import "./dp-topics.mjs";
import "./dp-view.mjs";
