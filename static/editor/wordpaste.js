/* global CKEDITOR */
// Everything pasted from another program goes through the server's clean-up; so does an author's whole Word file.
(() => {
  "use strict";

  function report(editor, text) {
    const box = editor.element.$.closest(".rich-text");
    if (box) {
      box.querySelector(".rich-text-report").textContent = text;
    }
  }

  async function ask(editor, address, fields) {
    const body = new FormData();
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    const token = editor.element.$.form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(address, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token } });
    return { status: response.status, ...(await response.json()) };
  }

  async function paste(editor, html, transfer) {
    const { words, paste: address } = editor.config.desk;
    // What was copied from our own pages names our own files in full.
    const own = html.replaceAll(`${location.origin}/`, "/");
    let answer;
    try {
      answer = await ask(editor, address, { html: own });
    } catch {
      // CKEditor's own clean-up is better than losing what was pasted.
      editor.fire("paste", { type: "html", method: "paste", dataValue: html, dataTransfer: transfer, asked: true });
      report(editor, words.failed);
      return;
    }
    if (answer.error) {
      report(editor, answer.error);
      return;
    }
    editor.focus();
    editor.fire("saveSnapshot");
    editor.insertHtml(answer.html);
    editor.fire("saveSnapshot");
    report(editor, [words.pasted, answer.report].filter(Boolean).join(" "));
  }

  function fill(editor, name, value) {
    const field = editor.element.$.form.elements[name];
    if (field && value && !field.value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return true;
    }
    return false;
  }

  function plain(html) {
    return new DOMParser().parseFromString(html, "text/html").body.textContent;
  }

  async function open(editor, file, accept) {
    const { words, docx: address } = editor.config.desk;
    let answer;
    try {
      answer = await ask(editor, address, { file, accept_changes: accept ? "1" : "" });
    } catch {
      report(editor, words.failedFile);
      return;
    }
    if (answer.can_accept && window.confirm(`${answer.error}\n\n${words.docxAccept}`)) {
      open(editor, file, true);
      return;
    }
    if (answer.error) {
      report(editor, answer.error);
      return;
    }
    if (editor.getData().trim() && !window.confirm(words.docxReplace)) {
      return;
    }
    editor.setData(answer.body);
    fill(editor, "title", answer.title);
    fill(editor, "synopsis", answer.synopsis);
    const lines = [words.docxDone, ...answer.report];
    if (answer.byline) {
      lines.push(words.docxByline.replace("%s", answer.byline));
    }
    if (answer.about) {
      lines.push(words.docxAbout.replace("%s", plain(answer.about)));
    }
    report(editor, lines.join(" "));
  }

  CKEDITOR.plugins.add("wordpaste", {
    requires: "clipboard",
    init(editor) {
      editor.on(
        "paste",
        (event) => {
          const { dataTransfer, type, asked } = event.data;
          const inside = dataTransfer.getTransferType(editor) !== CKEDITOR.DATA_TRANSFER_EXTERNAL;
          const html = dataTransfer.getData("text/html", true);
          if (asked || inside || type === "text" || !html) {
            return;
          }
          event.cancel();
          paste(editor, html, dataTransfer);
        },
        null,
        null,
        1,
      );
      editor.addCommand("docx", {
        async: true,
        exec() {
          const input = document.createElement("input");
          input.type = "file";
          input.accept = ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document";
          input.addEventListener("change", () => input.files.length && open(editor, input.files[0], false));
          input.click();
        },
      });
      editor.ui.addButton("Docx", { label: editor.config.desk.words.docx, command: "docx", toolbar: "clipboard,90" });
    },
  });
})();
