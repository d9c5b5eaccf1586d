// A frame with a living widget is as high as the widget, and as light or dark as the page around it. A page that is
// opened as a file may not look into its frames: they say it.
const SCHEMES = { light: "light", dark: "dark" };

const frames = () => [...document.querySelectorAll(".living iframe")];

const tellScheme = (target) =>
  target.postMessage({ xaiScheme: SCHEMES[document.body.dataset.theme] ?? "light dark" }, "*");

addEventListener("message", ({ data, source }) => {
  const frame = frames().find((each) => each.contentWindow === source);
  if (!frame || !data.xaiHeight) return;
  frame.style.height = `${data.xaiHeight}px`;
  tellScheme(frame.contentWindow);
});

addEventListener("DOMContentLoaded", () => {
  const retell = () => frames().forEach((frame) => tellScheme(frame.contentWindow));
  new MutationObserver(retell).observe(document.body, { attributeFilter: ["data-theme"] });
});
