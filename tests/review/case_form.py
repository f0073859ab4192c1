"""The form of a case as a browser without a script would send it back."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collect what is sent of the form called `case`, submit buttons left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.inside = False
        self.select = self.text = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name", "")
        if tag == "form":
            self.inside = given.get("id") == "case"
        elif not self.inside or (not name and tag != "option"):
            return
        elif tag == "input":
            if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
                self.sent[name] = given.get("value", "")
        elif tag == "select":
            self.select = name
            self.sent[name] = ""
        elif tag == "option":
            if self.select and "selected" in given:
                self.sent[self.select] = given.get("value", "")
        elif tag == "textarea":
            self.text = name
            self.sent[name] = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.text = ""

    def handle_data(self, data):
        if self.text:
            self.sent[self.text] += data


def read(response) -> dict[str, str]:
    """What the page's form holds."""
    reader = _Reader()
    reader.feed(response.content.decode())
    del reader.sent["csrfmiddlewaretoken"]
    return reader.sent


def answered(form: dict[str, str], **answers: str) -> dict[str, str]:
    """The form with some answers given: `front_name="confirmed"`."""
    named = {f"{name.replace('_', '-', 1)}-answer": kind for name, kind in answers.items()}
    return {**form, **named}
