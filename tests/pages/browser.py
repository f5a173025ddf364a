"""A Chromium without a window, and pages in it that write down what goes wrong."""

from chrome import HOW_TO_GET_IT

HOW = f"The pages were NOT tested in a browser: no Chromium was found. {HOW_TO_GET_IT} test"

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
    """Opens pages of one site; each in a context of its own, so that none knows what happened in another."""

    def __init__(self, chromium, site):
        self.chromium, self.site = chromium, site
        self.contexts = []

    def __call__(self, path, *, width=1200, scheme="light", scripts=True):
        """Open a page of the site and wait until all of it is there; `page.trouble` lists what went wrong since."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.add_init_script(TELL_REFUSALS)
        page.trouble = []
        page.on("console", lambda said: said.type == "error" and page.trouble.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: page.trouble.append(f"script error: {error}"))
        page.on("response", lambda answer: answer.status >= 400 and page.trouble.append(f"{answer.status}: {answer.url}"))
        # Nothing leaves this machine: such a request is written down, and not carried out.
        context.route("**/*", lambda route, request: self._at_home(route, request, page.trouble))
        page.goto(f"{self.site}/{path}", wait_until="load")
        if scripts:
            page.wait_for_function(WIDGETS_ARE_THERE)
            page.wait_for_function(FORMULAS_ARE_SET)
        return page

    def _at_home(self, route, request, trouble):
        if request.url.startswith((f"{self.site}/", "data:", "blob:")):
            route.continue_()
        else:
            trouble.append(f"request to elsewhere: {request.url}")
            route.abort()

    def close(self):
        """Close all pages that were opened."""
        for context in self.contexts:
            context.close()
