/* global CKEDITOR */
// Notes stand in the text as <sup class="fn" data-note="...">; the style sheet numbers them as they move.
(() => {
  "use strict";

  const KEPT = { EM: "em", I: "em", STRONG: "strong", B: "strong", SUB: "sub", SUP: "sup", S: "s", CITE: "cite", Q: "q", BR: "br", A: "a" };
  const SAFE = /^(?:https?:\/\/|mailto:|tel:|\/(?!\/))/i;

  // Copies words and plain emphasis only: a note pasted from elsewhere has not been cleaned by the server yet.
  function copy(from, to) {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        to.append(node.data);
      } else if (node.nodeType === Node.ELEMENT_NODE && !["SCRIPT", "STYLE"].includes(node.tagName)) {
        const address = node.tagName === "A" ? node.getAttribute("href") || "" : "";
        const name = node.tagName === "A" && !SAFE.test(address) ? "" : KEPT[node.tagName];
        if (!name && to.hasChildNodes() && ["DIV", "P", "LI"].includes(node.tagName)) {
          to.append(to.ownerDocument.createElement("br"));
        }
        const target = name ? to.appendChild(to.ownerDocument.createElement(name)) : to;
        if (name === "a") {
          target.setAttribute("href", address);
        }
        copy(node, target);
      }
    }
  }

  function show(note, box) {
    box.replaceChildren();
    copy(new DOMParser().parseFromString(note, "text/html").body, box);
  }

  function read(box) {
    const made = document.implementation.createHTMLDocument("").createElement("div");
    copy(box, made);
    return made.textContent.trim() ? made.innerHTML.trim() : "";
  }

  function define(editor) {
    const words = editor.config.desk.words;
    let selected = null;

    const box = (dialog) => dialog.getElement().$.querySelector(".note-box");
    const remember = (element) => {
      const selection = document.getSelection();
      if (selection.rangeCount && element.contains(selection.anchorNode)) {
        selected = selection.getRangeAt(0).cloneRange();
      }
    };
    const apply = (dialog, command, value) => {
      box(dialog).focus();
      if (selected) {
        document.getSelection().removeAllRanges();
        document.getSelection().addRange(selected);
      }
      document.execCommand(command, false, value);
    };

    return {
      title: words.note,
      minWidth: 420,
      minHeight: 180,
      onLoad() {
        const element = box(this);
        element.setAttribute("aria-label", words.noteText);
        // CKEditor's dialog takes Enter for OK and keeps other keys; in this box they are typing.
        for (const name of ["keydown", "keyup", "keypress"]) {
          element.addEventListener(name, (event) => event.key !== "Escape" && event.key !== "Tab" && event.stopPropagation());
        }
        for (const name of ["keyup", "mouseup", "blur"]) {
          element.addEventListener(name, () => remember(element));
        }
        element.addEventListener("paste", (event) => {
          event.preventDefault();
          document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
        });
      },
      onShow() {
        selected = null;
        box(this).focus();
      },
      contents: [
        {
          id: "main",
          elements: [
            {
              type: "html",
              id: "note",
              html: '<div class="note-box" contenteditable="true" role="textbox" aria-multiline="true"></div>',
              setup(widget) {
                show(widget.data.note || "", box(this.getDialog()));
              },
              commit(widget) {
                widget.setData("note", read(box(this.getDialog())));
              },
              validate() {
                return read(box(this.getDialog())) ? true : words.noteEmpty;
              },
            },
            {
              type: "hbox",
              widths: ["20%", "60%", "20%"],
              children: [
                { type: "button", id: "italic", label: words.noteItalic, onClick() { apply(this.getDialog(), "italic"); } },
                { type: "text", id: "address", label: words.noteLinkAddress, setup() { this.setValue(""); } },
                {
                  type: "button",
                  id: "link",
                  label: words.noteLink,
                  onClick() {
                    const address = this.getDialog().getValueOf("main", "address").trim();
                    if (SAFE.test(address)) {
                      apply(this.getDialog(), "createLink", address);
                    }
                  },
                },
              ],
            },
            {
              type: "button",
              id: "remove",
              label: words.noteDelete,
              onClick() {
                const dialog = this.getDialog();
                const widget = dialog.getModel(editor);
                dialog.hide();
                if (widget && widget.isInited() && widget.wrapper && widget.wrapper.getParent()) {
                  editor.widgets.del(widget);
                }
              },
            },
            { type: "html", id: "help", html: `<p class="note-help">${CKEDITOR.tools.htmlEncode(words.noteHelp)}</p>` },
          ],
        },
      ],
    };
  }

  CKEDITOR.plugins.add("footnote", {
    requires: "widget,dialog",
    beforeInit() {
      // A note has no content of its own; the parser would drop it as an empty superscript.
      CKEDITOR.dtd.$removeEmpty.sup = 0;
    },
    init(editor) {
      CKEDITOR.dialog.add("footnote", define);
      // CKEditor looks where the cursor is a few times a second, and a dialog would put its result where it was then.
      editor.on("contentDom", () => {
        const text = editor.editable();
        text.attachListener(text, "focusout", () => editor.selectionChange(true), null, null, -20);
      });
      editor.widgets.add("footnote", {
        inline: true,
        dialog: "footnote",
        button: editor.config.desk.words.note,
        template: '<sup class="fn" data-note=""></sup>',
        allowedContent: "sup(!fn)[!data-note]",
        requiredContent: "sup(fn)[data-note]",
        upcast: (element) => element.name === "sup" && "data-note" in element.attributes,
        downcast(element) {
          element.attributes = { class: "fn", "data-note": this.data.note || "" };
          element.setHtml("");
          return element;
        },
        init() {
          this.setData("note", this.element.getAttribute("data-note") || "");
        },
        data() {
          this.element.setAttribute("data-note", this.data.note);
          this.wrapper.setAttribute("title", new DOMParser().parseFromString(this.data.note, "text/html").body.textContent);
        },
      });
    },
  });
})();
