// Remembers which lessons were opened, how far, which questions were answered and which exercises came
// out right; marks it on the map.
//
// It is kept by this browser alone, under the address of this copy of the course, and sent nowhere.
// The pages are complete without it: where nothing can be kept, nothing is marked.
//
// This is a plain script, not a module, because browsers load no module from a disk (file://).

/** @typedef {{ id: string, title: string, end: boolean }} Place where a reader was on a page */
/** @typedef {{ opened: number, answered: string[], passed?: string[], place?: Place | null }} Visit */

(() => {
  const root = new URL(document.documentElement.dataset.content_root ?? "./", location.href);
  const key = `gradient-descent-course ${root.pathname}`;
  const here = decodeURI(location.pathname.slice(root.pathname.length)).replace(/\.html$/, "");

  /** What is known of each lesson, by its page. @returns {Record<string, Visit>} */
  function recall() {
    try {
      const known = JSON.parse(localStorage.getItem(key) ?? "{}");
      return known && typeof known === "object" ? known : {};
    } catch {
      return {}; // Keeping is forbidden here, or somebody else has written under this name.
    }
  }

  /** Change what is known of the lesson on this page. @param {(visit: Visit) => void} change */
  function note(change) {
    const known = recall();
    const visit = known[here] ?? { opened: 0, answered: [] };
    change(visit);
    try {
      localStorage.setItem(key, JSON.stringify({ ...known, [here]: visit }));
    } catch {
      // Keeping is forbidden here.
    }
  }

  /** A short name for a question, which stays when others are added before it. */
  function nameOf(question) {
    let hash = 0;
    for (const letter of question.querySelector("legend").textContent) {
      hash = (Math.imul(hash, 31) + letter.codePointAt(0)) | 0;
    }
    return (hash >>> 0).toString(36);
  }

  /** The last heading above the middle of the window; none near the top. @returns {Place | null} */
  function place() {
    const headings = [...document.querySelectorAll("article section > h2")];
    const passed = headings.filter((one) => one.getBoundingClientRect().top < innerHeight / 2);
    if (!passed.length) return null;
    const heading = passed.at(-1).cloneNode(true);
    for (const extra of heading.querySelectorAll(".headerlink, .katex-html")) extra.remove();
    return {
      id: passed.at(-1).parentElement.id,
      title: heading.textContent.trim(),
      end: passed.length === headings.length,
    };
  }

  if (here.startsWith("notebooks/")) {
    const open = () => note((visit) => (visit.opened = Date.now()));
    open();
    addEventListener("focus", open);
    document.addEventListener("submit", ({ target }) => {
      if (!target.matches(".gd-question") || !target.querySelector("input:checked")) return;
      const present = [...document.querySelectorAll(".gd-question")].map(nameOf);
      note((visit) => {
        const answered = new Set([...visit.answered, nameOf(target)]);
        visit.answered = present.filter((name) => answered.has(name));
      });
    });
    // A check that Python in the page has run found an answer right.
    document.addEventListener("course:passed", ({ detail: name }) => {
      note((visit) => (visit.passed = [...new Set([...(visit.passed ?? []), name])]));
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) note((visit) => (visit.place = place()));
    });
    addEventListener("pagehide", () => note((visit) => (visit.place = place())));
  }

  const map = document.querySelector(".course-map");
  if (!map) return;
  const lessons = [...map.querySelectorAll("[data-lesson]")];
  const start = document.querySelector(".course-continue");
  const memory = document.querySelector(".course-memory");
  const atFirst = start.innerHTML;

  /** How many of a lesson's questions were answered. */
  const count = (lesson, visit) => Math.min(visit.answered.length, Number(lesson.dataset.questions));
  const isDone = (lesson, visit) => count(lesson, visit) === Number(lesson.dataset.questions);

  /** Say where to go on: in the last lesson that was opened, or after it. */
  function suggest(known) {
    const opened = lessons.filter((lesson) => known[lesson.dataset.lesson]);
    if (!opened.length) return (start.innerHTML = atFirst);
    const when = (lesson) => known[lesson.dataset.lesson].opened;
    const last = opened.reduce((best, lesson) => (when(lesson) > when(best) ? lesson : best));
    const visit = known[last.dataset.lesson];
    const finished = isDone(last, visit) || visit.place?.end;
    const isNew = (lesson) => !known[lesson.dataset.lesson];
    const next = finished ? lessons.slice(lessons.indexOf(last)).find(isNew) : last;
    if (!next) return start.replaceChildren("You have been to the end of the last lesson.");
    const link = next.querySelector("a").cloneNode(true);
    link.querySelector(".course-unseen").remove();
    const section = finished ? null : visit.place;
    if (section) link.hash = section.id;
    link.prepend("Continue with ");
    start.replaceChildren(link, section ? ` at “${section.title}”` : "");
  }

  function mark() {
    const known = recall();
    for (const lesson of lessons) {
      const visit = known[lesson.dataset.lesson];
      const all = lesson.dataset.questions;
      const done = visit && isDone(lesson, visit);
      const some = visit && count(lesson, visit) ? `${count(lesson, visit)} of ${all} questions answered` : "opened";
      const right = Math.min(known[lesson.dataset.exercises]?.passed?.length ?? 0, lesson.dataset.checks);
      const words = [
        visit && (done ? `all ${all} questions answered` : some),
        right && `${right} of ${lesson.dataset.checks} exercises right`,
      ];
      lesson.querySelector(".course-done").textContent = words.filter(Boolean).join(", ");
      if (visit) lesson.dataset.state = done ? "done" : "opened";
      else delete lesson.dataset.state;
    }
    suggest(known);
    if (Object.keys(known).length) memory.hidden = false;
  }

  memory.querySelector(".course-forget").addEventListener("click", () => {
    localStorage.removeItem(key);
    mark();
    memory.replaceChildren("Forgotten. This browser remembers nothing of your visits here.");
    memory.focus();
  });
  addEventListener("pageshow", mark); // also when the reader comes back to a page that was kept
  addEventListener("storage", mark); // another tab has something to tell
  mark();
})();
