// Small conveniences. Every page works without them: forms are forms, links are links.
"use strict";

// Anything that asks for it sends its form as soon as it changes: filters, a date.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});

// 全选: a box that ticks all boxes of its form with the given name.
document.addEventListener("change", (event) => {
  const name = event.target.dataset.all;
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]:not(:disabled)`)) box.checked = event.target.checked;
});

// A button that prints.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A form is sent once: a second press while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What was just said is what a screen reader and the eye should meet first.
document.addEventListener("htmx:afterSwap", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Signed out meanwhile: the page to sign in is a page, not a piece of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL || location.href);
  if (!answered.pathname.endsWith("/signin") || location.pathname.endsWith("/signin")) return;
  event.detail.shouldSwap = false;
  location.assign(answered);
});
