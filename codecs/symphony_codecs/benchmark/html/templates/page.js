"use strict";
// Sorts by the key of each cell; cells without one come last in both directions.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, place) => {
    const isNumber = heading.dataset.kind === "number";
    const compare = (one, other) => (isNumber ? one - other : one.localeCompare(other));
    heading.querySelector("button").addEventListener("click", () => {
      const isDown = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const rows = [...body.rows].sort((one, other) => {
        const [left, right] = [one.cells[place].dataset.key, other.cells[place].dataset.key];
        if (left === "" || right === "") {
          return (left === "") - (right === "");
        }
        return isDown ? compare(right, left) : compare(left, right);
      });
      body.append(...rows);
    });
  });
}
// Says where a table has more columns than there is room for.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.previousElementSibling.querySelector(".more").hidden = target.scrollWidth <= target.clientWidth;
  }
});
document.querySelectorAll(".box").forEach((box) => sizes.observe(box));
// What a mark stands for, beside the pointer.
const tip = document.getElementById("tip");
for (const figure of document.querySelectorAll("figure")) {
  figure.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("[aria-label]");
    const text = mark && mark.closest("figure") && mark.getAttribute("role") === "graphics-symbol"
      && mark.getAttribute("aria-roledescription") !== "axis" ? mark.getAttribute("aria-label") : "";
    tip.hidden = !text;
    tip.textContent = text;
  });
  figure.addEventListener("pointermove", (event) => {
    const left = Math.min(event.clientX + 12, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? event.clientY + 16 : event.clientY - tip.offsetHeight - 10}px`;
  });
  figure.addEventListener("pointerleave", () => { tip.hidden = true; });
}
