// <dp-media>: a picture or film on top of its drawn card. A picture that fails gives way to the card, one that has come
// hides it; a film silences the others when it starts; an animation moves only when asked to.

/** A picture of another shape than this (width to height) is shown whole instead of filling its box. */
const FILLING = { from: 1.5, to: 2.1 };

class DpMedia extends HTMLElement {
  connectedCallback() {
    // Neither load nor error bubbles, but both pass here on their way down.
    this.addEventListener("load", this, true);
    this.addEventListener("error", this, true);
    this.addEventListener("play", this, true);
    this.addEventListener("click", this);
    this.classList.add("dp-ready");
    for (const picture of this.querySelectorAll("img")) {
      // It may have come, or failed, before this script did; one not asked for yet is not complete.
      if (picture.complete && picture.currentSrc) settle(this, picture);
    }
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = event.target;
    if (event.type === "play") playAlone(this, /** @type {HTMLVideoElement} */ (target));
    else if (event.type === "click") this.#toggle(event);
    else if (target instanceof HTMLImageElement) settle(this, target);
  }

  /** Swap an animation in, or its still picture back. @param {Event} event */
  #toggle(event) {
    const link = event.target instanceof Element ? event.target.closest("a.dp-play") : null;
    if (!(link instanceof HTMLAnchorElement) || (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
    event.preventDefault();
    const moving = this.querySelector("img.dp-moving");
    if (moving) {
      moving.remove();
    } else {
      const picture = new Image(640, 360);
      picture.className = "dp-moving";
      picture.alt = "";
      picture.src = link.href;
      link.before(picture);
    }
    this.classList.toggle("dp-playing", !moving);
  }
}

/**
 * Show a picture that has come, drop one that failed.
 * @param {HTMLElement} box
 * @param {HTMLImageElement} picture
 */
function settle(box, picture) {
  if (picture.naturalWidth === 0) {
    const link = picture.closest("a");
    (link && box.contains(link) ? link : picture).remove();
    if (picture.className === "dp-moving") box.classList.remove("dp-playing");
    return;
  }
  const shape = picture.naturalWidth / picture.naturalHeight;
  picture.classList.toggle("dp-contain", shape < FILLING.from || shape > FILLING.to);
  box.classList.add("dp-loaded");
}

/**
 * @param {HTMLElement} box
 * @param {HTMLVideoElement} video the one that has started
 */
function playAlone(box, video) {
  box.classList.add("dp-playing");
  for (const other of document.querySelectorAll("dp-media video")) {
    if (other !== video && other instanceof HTMLVideoElement) other.pause();
  }
}

if (!customElements.get("dp-media")) customElements.define("dp-media", DpMedia);
