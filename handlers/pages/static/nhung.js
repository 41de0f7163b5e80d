// One line on an agency's page puts the chat there: a button, and a frame when it is pressed.
// Nothing else of that page is read or changed; the frame is another origin behind a sandbox.
//   <script src="https://…/nhung.js" async></script>
//   <script src="https://…/nhung.js" data-target="#hoi" async></script>   inside an element

(() => {
  const WORDS = /*words*/ {};
  const script = document.currentScript;
  const id = "danhoi-nhung";
  if (!script || document.getElementById(id)) return;
  const origin = new URL(script.src).origin;
  const wide = matchMedia("(min-width: 480px)");

  const frame = document.createElement("iframe");
  frame.id = id;
  frame.title = WORDS.title;
  frame.setAttribute(
    "sandbox",
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-to-custom-protocols",
  );
  frame.referrerPolicy = "strict-origin";

  const load = () => frame.src || (frame.src = `${origin}/nhung`);
  const dress = (element, styles) => Object.assign(element.style, styles);

  function inside(target) {
    dress(frame, { border: "0", width: "100%", height: "100%", minHeight: "32rem", display: "block" });
    load();
    target.append(frame);
  }

  function afloat() {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-controls", id);
    dress(button, {
      position: "fixed", right: "1rem", bottom: "1rem", zIndex: "2147483647", minHeight: "3rem", padding: "0 1.25rem",
      border: "2px solid #ffffff", borderRadius: "1.5rem", background: "#0b5a78", color: "#ffffff",
      font: "600 1rem/1.2 system-ui, sans-serif", boxShadow: "0 4px 12px rgb(16 32 48 / 30%)", cursor: "pointer",
    });

    function fit() {
      const open = !frame.hidden;
      dress(frame, {
        position: "fixed", zIndex: "2147483646", border: "0", background: "#ffffff", colorScheme: "normal",
        boxShadow: "0 4px 24px rgb(16 32 48 / 30%)", display: open ? "block" : "none",
        ...(wide.matches
          ? { inset: "auto 1rem 5rem auto", width: "24rem", height: "min(40rem, calc(100vh - 6rem))", borderRadius: "0.75rem" }
          : { inset: "0 0 4.5rem 0", width: "100%", height: "calc(100% - 4.5rem)", borderRadius: "0" }),
      });
    }

    function show(open) {
      if (open) load();
      frame.hidden = !open;
      button.textContent = open ? WORDS.close : WORDS.open;
      button.setAttribute("aria-expanded", String(open));
      fit();
      (open ? frame : button).focus();
    }

    button.addEventListener("click", () => show(frame.hidden));
    document.addEventListener("keydown", (event) => event.key === "Escape" && !frame.hidden && show(false));
    addEventListener("message", (event) => {
      if (event.origin === origin && event.source === frame.contentWindow && event.data === "danhoi:close" && !frame.hidden) show(false);
    });
    wide.addEventListener("change", fit);
    frame.hidden = true;
    button.textContent = WORDS.open;
    button.setAttribute("aria-expanded", "false");
    fit();
    document.body.append(frame, button);
  }

  const start = () => {
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target) inside(target);
    else afloat();
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
