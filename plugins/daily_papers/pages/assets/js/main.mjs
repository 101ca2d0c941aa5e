// The scripts of our pages: one element a file, each of which only adds to a page that is whole without it.
import "./dp-calendar.mjs";
import "./dp-language.mjs";
import "./dp-media.mjs";
import "./dp-view.mjs";
import "./dp-library.mjs";
import "./dp-follow.mjs";
import "./dp-news.mjs";
import "./dp-shelf.mjs";
