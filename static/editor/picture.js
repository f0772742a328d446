/* global CKEDITOR */
// Puts a picture of our own library into the text as a figure; CKEditor's image2 shows and edits it from there.
(() => {
  "use strict";

  function define(editor) {
    const { words, images: address } = editor.config.desk;
    let chosen = null;
    let asked = 0;
    let next = null;

    function part(dialog, name) {
      return dialog.getElement().$.querySelector(`.library-${name}`);
    }

    function choose(dialog, image, button) {
      chosen = image;
      for (const other of part(dialog, "results").children) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      dialog.setValueOf("main", "alt", image.alt);
      dialog.setValueOf("main", "caption", [image.caption, image.credit].filter(Boolean).join(" – "));
    }

    function offer(dialog, image) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "library-picture";
      button.setAttribute("aria-pressed", "false");
      const thumb = document.createElement("img");
      thumb.src = image.src;
      thumb.alt = "";
      const name = document.createElement("span");
      name.textContent = image.title;
      button.append(thumb, name);
      button.addEventListener("click", () => choose(dialog, image, button));
      part(dialog, "results").append(button);
    }

    async function find(dialog, page) {
      const question = ++asked;
      const query = new URLSearchParams({ q: dialog.getValueOf("main", "find"), page: String(page) });
      let answer = { images: [], next: null };
      try {
        answer = await (await fetch(`${address}?${query}`, { credentials: "same-origin" })).json();
      } catch {
        part(dialog, "status").textContent = words.failedFile;
        return;
      }
      if (question !== asked) {
        return;
      }
      if (!page) {
        part(dialog, "results").replaceChildren();
      }
      answer.images.forEach((image) => offer(dialog, image));
      next = answer.next;
      part(dialog, "status").textContent = part(dialog, "results").children.length ? "" : words.pictureNone;
      dialog.getContentElement("main", "more").getElement().$.hidden = next === null;
    }

    return {
      title: words.pictureTitle,
      minWidth: 560,
      minHeight: 360,
      onShow() {
        chosen = null;
        find(this, 0);
      },
      onOk() {
        if (!chosen) {
          part(this, "status").textContent = words.pictureChoose;
          return false;
        }
        const figure = new CKEDITOR.dom.element("figure");
        figure.addClass("image");
        const image = figure.append(new CKEDITOR.dom.element("img"));
        image.setAttributes({ src: chosen.src, alt: this.getValueOf("main", "alt"), width: chosen.width, height: chosen.height });
        figure.append(new CKEDITOR.dom.element("figcaption")).setText(this.getValueOf("main", "caption"));
        editor.insertHtml(figure.getOuterHtml());
        return true;
      },
      contents: [
        {
          id: "main",
          elements: [
            {
              type: "text",
              id: "find",
              label: words.pictureFind,
              onKeyUp() {
                clearTimeout(this.waiting);
                this.waiting = setTimeout(() => find(this.getDialog(), 0), 250);
              },
            },
            { type: "html", id: "results", html: '<div class="library-results"></div>' },
            { type: "html", id: "status", html: '<p class="library-status" role="status"></p>' },
            { type: "button", id: "more", label: words.pictureMore, onClick() { find(this.getDialog(), next || 0); } },
            { type: "text", id: "alt", label: words.pictureAlt },
            { type: "html", id: "help", html: `<p class="note-help">${CKEDITOR.tools.htmlEncode(words.pictureAltHelp)}</p>` },
            { type: "text", id: "caption", label: words.pictureCaption },
          ],
        },
      ],
    };
  }

  CKEDITOR.plugins.add("picture", {
    requires: "dialog,image2",
    init(editor) {
      CKEDITOR.dialog.add("picture", define);
      editor.addCommand("picture", new CKEDITOR.dialogCommand("picture", { requiredContent: "img[src,alt]" }));
      editor.ui.addButton("Picture", { label: editor.config.desk.words.picture, command: "picture", toolbar: "insert,20" });
    },
  });
})();
