"""What the book build needs to put a picture's sentence into the page as the image's alt text."""


class AltText:
    """A renderer for the book build (an entry point of myst-nb): an image whose metadata holds `alt` gets that alt text."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the image's nodes with their alt text, or None to leave the output to the build's own renderer."""
        alt = data.output_metadata.get(data.mime_type, {}).get("alt")
        if data.mime_type != "image/png" or not alt:
            return None
        nodes = renderer.render_image_inline(data) if inline else renderer.render_image(data)
        for node in nodes:
            node["alt"] = alt
        return nodes
