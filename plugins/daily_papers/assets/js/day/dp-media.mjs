// <dp-media>: picture or video on top of its drawn card. A picture that fails to load is removed, one that has loaded hides
// the card. A video has controls once it plays, and then pauses all others; an animation plays only after a click.

import { element } from "../lib/dom.mjs";

/** Aspect ratios (width to height) at which a picture fills its box; any other is shown whole. */
const COVER_RATIO = { min: 1.5, max: 2.1 };

class DpMedia extends HTMLElement {
  connectedCallback() {
    // "load" and "error" do not bubble, so listen in the capture phase.
    this.addEventListener("load", this, true);
    this.addEventListener("error", this, true);
    this.addEventListener("play", this, true);
    this.addEventListener("click", this);
    for (const video of this.querySelectorAll("video[controls]")) this.#coverVideo(/** @type {HTMLVideoElement} */ (video));
    for (const picture of this.querySelectorAll("img")) {
      // It may have loaded or failed before this script ran. A lazy picture without a request has no currentSrc.
      if (picture.complete && picture.currentSrc) handleLoaded(this, picture);
    }
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target;
    if (event.type === "play") pauseOthers(this, /** @type {HTMLVideoElement} */ (target));
    else if (event.type === "click") this.#toggleAnimation(event);
    else if (target instanceof HTMLImageElement) handleLoaded(this, target);
  }

  /** Replace the controls of a video by one button until it plays. @param {HTMLVideoElement} video */
  #coverVideo(video) {
    video.controls = false;
    const start = element("button", { type: "button", className: "dp-start", ariaLabel: `▶ ${video.ariaLabel}` });
    video.after(start);
    start.addEventListener("click", () => {
      start.remove();
      video.controls = true;
      video.focus();
      video.play().catch(() => {}); // a browser that cannot play it shows so in its controls
    });
  }

  /** Play an animation, or return to its still picture. @param {Event} event */
  #toggleAnimation(event) {
    const link = event.target instanceof Element ? event.target.closest("a.dp-play") : null;
    if (!(link instanceof HTMLAnchorElement) || (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
    event.preventDefault();
    const animation = this.querySelector("img.dp-animated");
    if (animation) animation.remove();
    else link.before(element("img", { width: 640, height: 360, className: "dp-animated", alt: "", src: link.href }));
    this.classList.toggle("dp-playing", !animation);
  }
}

/**
 * Show a picture that has loaded, remove one that failed.
 * @param {HTMLElement} box
 * @param {HTMLImageElement} picture
 */
function handleLoaded(box, picture) {
  if (picture.naturalWidth === 0) {
    const link = picture.closest("a");
    (link && box.contains(link) ? link : picture).remove();
    if (picture.className === "dp-animated") box.classList.remove("dp-playing");
    return;
  }
  const ratio = picture.naturalWidth / picture.naturalHeight;
  picture.classList.toggle("dp-contain", ratio < COVER_RATIO.min || ratio > COVER_RATIO.max);
  box.classList.add("dp-loaded");
}

/**
 * @param {HTMLElement} box
 * @param {HTMLVideoElement} video the started one
 */
function pauseOthers(box, video) {
  box.classList.add("dp-playing");
  for (const other of document.querySelectorAll("dp-media video")) {
    if (other !== video && other instanceof HTMLVideoElement) other.pause();
  }
}

if (!customElements.get("dp-media")) customElements.define("dp-media", DpMedia);
