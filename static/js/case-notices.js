// What keeps somebody from going on, above the decision bar: rows keep their place while it is shown.

// What is over once something else is said: a hold has one state, and a line is there or not.
const ENDS = {
  halfMinute: ["over"],
  over: ["halfMinute"],
  held: ["halfMinute", "over", "offline", "signedOut", "lost"],
  online: ["offline"],
};

export class Notices {
  constructor(root) {
    this.place = root.querySelector("[data-notices]");
    this.known = root.querySelector("#notices-template").content;
  }

  template(what) {
    return this.place ? this.known.querySelector(`[data-notice="${what}"]`) : null;
  }

  tell(what, sentence) {
    ENDS[what]?.forEach((one) => this.clear(one));
    if (this.template(what)) this.show(what, sentence);
  }

  show(what, sentence) {
    this.clear(what);
    const notice = this.template(what).cloneNode(true);
    if (sentence) notice.querySelector(".banner__title").textContent = sentence;
    this.place.append(notice);
    return notice;
  }

  clear(what) {
    this.place?.querySelector(`[data-notice="${what}"]`)?.remove();
  }
}
