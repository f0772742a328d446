"""Every word of our own editor dialogs; scripts get them with the configuration, so none is written in a script."""

from typing import Final

from django.utils.translation import gettext_lazy as _

WORDS: Final = {
    "note": _("Note"),
    "noteText": _("Text of the note"),
    "noteHelp": _("Its number is given by itself. Select words and use the buttons for italics and links."),
    "noteEmpty": _("Write the note, or choose Cancel."),
    "noteDelete": _("Delete note"),
    "noteItalic": _("Italic"),
    "noteLink": _("Link"),
    "noteLinkAddress": _("Address of the link"),
    "picture": _("Picture"),
    "pictureTitle": _("Picture from the library"),
    "pictureFind": _("Find a picture"),
    "pictureNone": _("No picture in the library has these words. Add it under Images first, with its credit."),
    "pictureMore": _("More pictures"),
    "pictureChoose": _("Choose a picture"),
    "pictureAlt": _("Alternative text"),
    "pictureAltHelp": _("What someone who cannot see the picture needs to know. Leave empty only if it is decorative."),
    "pictureCaption": _("Caption and credit"),
    "docx": _("Word file"),
    "docxAccept": _("Accept all changes and leave out the comments?"),
    "docxReplace": _("Replace the text in this box with the text of the file?"),
    "docxDone": _("The text was taken from the file."),
    "docxByline": _("Byline in the file: %s."),
    "docxAbout": _("About the author in the file: %s"),
    "pasted": _("Pasted and cleaned."),
    "failed": _("The server could not be asked. The text was pasted without notes and lists of Word."),
    "failedFile": _("The server could not be asked. Try again; nothing was changed."),
}
