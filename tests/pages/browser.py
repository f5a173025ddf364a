"""A Chromium without a window, and pages in it that write down what goes wrong."""

from chrome import FLAGS, HOW_TO_GET_IT

HOW = f"The pages were NOT tested in a browser: no Chromium was found. {HOW_TO_GET_IT} test"

#: How the tests start it: no name of another host leads anywhere, so that what asks for one fails, and is seen.
ALONE = [*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]

# Every widget that the page announces stands there, and the book's script has given the sliders their names.
WIDGETS_ARE_THERE = """() => {
  const announced = document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length;
  const there = document.querySelectorAll('.widget-subarea > .jupyter-widgets').length;
  const handles = [...document.querySelectorAll('.noUi-handle')];
  return there >= announced && handles.every((handle) => handle.hasAttribute('aria-label'));
}"""
# What the page's Content Security Policy refuses is told like any other error.
TELL_REFUSALS = """document.addEventListener('securitypolicyviolation', (refusal) =>
  console.error(`refused by the policy: ${refusal.effectiveDirective} ${refusal.blockedURI} ${refusal.sample}`))"""
FORMULAS_ARE_SET = "() => (window.MathJax?.startup?.promise || Promise.resolve()).then(() => true)"


class Visits:
    """Opens pages of one site. None finds anything in the browser that another has left there, cached files apart."""

    def __init__(self, chromium, site):
        self.chromium, self.site = chromium, site
        self.windows = {}

    def __call__(self, path, *, width=1200, scheme="light", scripts=True):
        """Open a page of the site and wait until all of it is there; `page.trouble` lists what went wrong since."""
        page = self._window(scripts).new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_default_timeout(20_000)
        page.add_init_script(TELL_REFUSALS)
        page.trouble = []
        page.on("console", lambda said: said.type == "error" and page.trouble.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: page.trouble.append(f"script error: {error}"))
        page.on("response", lambda answer: answer.status >= 400 and page.trouble.append(f"{answer.status}: {answer.url}"))
        page.on("request", lambda asked: self._at_home(asked.url) or page.trouble.append(f"request to elsewhere: {asked.url}"))
        page.goto(f"{self.site}/{path}", wait_until="load")
        if scripts:
            page.wait_for_function(WIDGETS_ARE_THERE)
            page.wait_for_function(FORMULAS_ARE_SET)
        return page

    def _window(self, scripts):
        """Return a window for pages with scripts, or without; opening one takes longer than opening a page in it."""
        if scripts not in self.windows:
            self.windows[scripts] = self.chromium.new_context(java_script_enabled=scripts)
        return self.windows[scripts]

    def _at_home(self, url):
        return url.startswith((f"{self.site}/", "data:", "blob:"))

    def leave(self):
        """Close all pages that were opened, and forget what they have kept."""
        for page in [page for window in self.windows.values() for page in window.pages]:
            forget = {"origin": "/".join(self.site.split("/")[:3]), "storageTypes": "all"}
            page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
            page.close()

    def close(self):
        """Close the windows."""
        for window in self.windows.values():
            window.close()
