"""Probes: each looks at an open page for one kind of fault, and returns the faults as a list of sentences."""

from importlib.resources import files

from playwright.sync_api import TimeoutError

# How long a picture may take to answer, in milliseconds. It takes some 10; the rest is for a busy machine.
PATIENCE = 3000

# What each explorer on the page shows: its moving picture, and the words that stand for it.
FRAMES = """() => [...document.querySelectorAll('.nn-explorer')].map((explorer) => {
  const frame = explorer.querySelector('.nn-frame');
  return frame && `${frame.getAttribute('aria-label')} ${frame.querySelector('img')?.src}`;
})"""
IS_STILL = f"([place, shown]) => ({FRAMES})()[place] === shown"
IS_OTHER = f"([place, shown]) => ({FRAMES})()[place] !== shown"


def becomes(page, condition, argument, patience=PATIENCE):
    """Whether a condition holds within the time that a page has to answer."""
    try:
        page.wait_for_function(condition, arg=argument, timeout=patience)
    except TimeoutError:
        return False
    return True


def frame(page, place):
    """Return what the explorer with that place on the page shows."""
    return page.evaluate(FRAMES)[place]


# ---- Explorers -----------------------------------------------------------------------------------------------------


def dead_controls(page):
    """Move every slider, menu and player of every explorer by the keyboard; return what its own picture does not follow."""
    faults = []
    loose = page.evaluate("() => [...document.querySelectorAll('.noUi-handle')].filter((h) => !h.closest('.nn-explorer')).length")
    if loose:
        faults.append(f"{loose} sliders stand outside of any explorer")
    for place, explorer in enumerate(page.query_selector_all(".nn-explorer")):
        name = explorer.query_selector(".nn-title").inner_text()
        found = []
        if frame(page, place) is None:
            found.append("it shows no picture")
        else:
            for handle in explorer.query_selector_all(".noUi-handle"):
                found += dead_slider(page, place, handle)
                found += dead_ends(page, place, handle)
            for menu in explorer.query_selector_all("select"):
                found += dead_menu(page, place, explorer, menu)
        faults += [f"{name}: {fault}" for fault in found]
    return faults + dead_players(page)


def dead_slider(page, place, handle):
    """Move a slider one step away and back."""
    label = handle.get_attribute("aria-label")
    before = page.evaluate(FRAMES)
    value = handle.get_attribute("aria-valuenow")
    away, back = "ArrowRight", "ArrowLeft"
    handle.focus()
    handle.press(away)
    if handle.get_attribute("aria-valuenow") == value:  # it stood at its end
        away, back = back, away
        handle.press(away)
    if not becomes(page, IS_OTHER, [place, before[place]]):
        return [f"{label}: one step changes nothing in the picture"]
    after = page.evaluate(FRAMES)
    handle.press(back)
    if [a for k, a in enumerate(after) if k != place] != [b for k, b in enumerate(before) if k != place]:
        return [f"{label}: it moves another explorer's picture"]
    if not becomes(page, IS_STILL, [place, before[place]]):
        return [f"{label}: a step back does not bring the picture back"]
    return []


def dead_ends(page, place, handle):
    """Move a slider to both its ends, which have to differ, and leave it where it was."""
    label = handle.get_attribute("aria-label")
    handle.press("End")
    last = frame(page, place)
    last_words = handle.get_attribute("aria-valuetext")
    handle.press("Home")
    if not becomes(page, IS_OTHER, [place, last]):
        return [f"{label}: the picture is the same at both ends"]
    if handle.get_attribute("aria-valuetext") in (None, last_words):
        return [f"{label}: the value that is read out does not follow"]
    return []


def dead_menu(page, place, explorer, menu):
    """Choose every option of a menu by the keyboard; each has a picture of its own, and the sliders move in each."""
    menu.press("Home")
    count = len(menu.query_selector_all("option"))
    seen, faults = [frame(page, place)], []
    for _ in range(count - 1):
        menu.press("ArrowDown")
        if not becomes(page, IS_OTHER, [place, seen[-1]]):
            faults.append(f"the menu's option {len(seen) + 1} changes nothing in the picture")
        seen.append(frame(page, place))
        for handle in explorer.query_selector_all(".noUi-handle"):
            faults += dead_slider(page, place, handle)
    if len(set(seen)) < count:
        faults.append(f"the menu's {count} options show {len(set(seen))} pictures")
    return faults


def dead_players(page):
    """Play, pause and reset everything that plays, all at once, since each takes its time."""
    explorers = page.query_selector_all(".nn-explorer")
    players = {place: explorer.query_selector(".nn-player") for place, explorer in enumerate(explorers)}
    players = {place: player for place, player in players.items() if player}
    if not players:
        return []
    faults = {}

    def press(button):
        for player in players.values():
            player.query_selector_all("button")[button].press("Enter")

    def wait(condition, shown, fault):
        for place in players:
            if not becomes(page, condition, [place, shown[place]]):
                faults.setdefault(place, fault)
        return page.evaluate(FRAMES)

    for player in players.values():
        player.query_selector(".noUi-handle").press("Home")
    start = page.evaluate(FRAMES)
    press(0)
    second = wait(IS_OTHER, start, "play: nothing moves")
    wait(IS_OTHER, second, "play: it stops after one step")
    press(0)
    page.wait_for_timeout(300)
    paused = page.evaluate(FRAMES)
    page.wait_for_timeout(900)
    wait(IS_STILL, paused, "pause: it plays on")
    press(1)
    wait(IS_STILL, start, "reset: it does not go back to the start")
    return [f"{explorers[place].query_selector('.nn-title').inner_text()}: {fault}" for place, fault in faults.items()]


# ---- Questions -----------------------------------------------------------------------------------------------------


# The feedback that can be seen when the browser has drawn twice.
FEEDBACK = """(question) => new Promise((told) => {
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().height > 0;
  const look = () => told([...question.querySelectorAll('.nn-feedback')].filter(seen).map((e) => e.innerText));
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""


def mute_questions(page):
    """Choose every answer of every question; return where feedback is missing, too early, or the same for two answers."""
    faults = []
    for question in page.query_selector_all(".nn-question"):
        text = question.query_selector(".nn-question-text").inner_text()
        box = question.query_selector(".widget-radio-box")
        named_by = box.get_attribute("aria-labelledby") or "none"
        if box.get_attribute("role") != "radiogroup" or not page.query_selector(f"[id='{named_by}']"):
            faults.append(f"the answers are not tied to their question for a screen reader: {text}")
        if question.query_selector(".nn-feedback"):
            faults.append(f"there is feedback before an answer: {text}")
        radios = question.query_selector_all("input[type=radio]")
        seen = []
        for number, radio in enumerate(radios):
            radio.focus()
            page.keyboard.press("Space")
            shown = question.evaluate(FEEDBACK)
            if len(shown) != 1 or not shown[0].strip():
                faults.append(f"answer {number + 1} shows {len(shown)} feedbacks: {text}")
            else:
                seen.append(shown[0])
        if len(set(seen)) < len(seen):
            faults.append(f"two answers have the same feedback: {text}")
        if sum("Right." in words[:10] for words in seen) != 1:
            faults.append(f"not exactly one answer is right: {text}")
    return faults


# ---- Privacy -------------------------------------------------------------------------------------------------------

#: What a page of the book may keep in the reader's browser: the choice between light and dark.
MAY_BE_KEPT = {"localStorage: theme", "localStorage: mode"}


def kept(page):
    """Return what the page has left in the browser beyond what it may."""
    found = page.evaluate("""async () => [
      ...Object.keys(localStorage).map((key) => `localStorage: ${key}`),
      ...Object.keys(sessionStorage).map((key) => `sessionStorage: ${key}`),
      ...(await indexedDB.databases()).map((base) => `indexedDB: ${base.name}`),
      ...(await caches.keys()).map((key) => `cache: ${key}`),
      ...(await navigator.serviceWorker.getRegistrations()).map((worker) => `service worker: ${worker.scope}`),
    ]""")
    cookies = [f"cookie: {cookie['name']}" for cookie in page.context.cookies()]
    return sorted(cookies + [key for key in found if key not in MAY_BE_KEPT])


# ---- Words, width, access ------------------------------------------------------------------------------------------


def silent_pictures(page):
    """Return the pictures in the text that have no text alternative, or one that says next to nothing."""
    return page.evaluate("""() => {
      const pictures = [...document.querySelectorAll('article img, article svg[role=img], article .nn-frame')];
      const words = (picture) => picture.closest('[role=img][aria-label]')?.getAttribute('aria-label') || picture.alt || '';
      return pictures.filter((picture) => !picture.closest('[aria-hidden=true]') && words(picture).trim().length < 15)
        .map((picture) => `no words: ${picture.outerHTML.slice(0, 150)}`);
    }""")


def sideways(page):
    """Return what makes the page, or a picture or question in it, wider than its window."""
    return page.evaluate("""() => {
      const width = document.documentElement.clientWidth;
      const tell = (e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.outerHTML.slice(0, 100)}`;
      const ours = [...document.querySelectorAll('.nn-explorer, .nn-explorer *, .nn-question, .nn-question *, article img')];
      const faults = ours.filter((e) => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().right > width + 0.5
        && !e.closest('mjx-assistive-mml')).map((e) => `wider than the window: ${tell(e)}`);
      const root = document.documentElement;
      if (root.scrollWidth > root.clientWidth) {
        const widest = [...document.querySelectorAll('article *')].filter((e) => e.getBoundingClientRect().right > width
          && !e.closest('pre, .table, table, mjx-container')).map(tell).slice(0, 5);
        faults.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth} (${widest.join('; ')})`);
      }
      return faults;
    }""")


def stretched(page):
    """Return the pictures that are not shown in the proportions in which they were drawn."""
    return page.evaluate("""async () => {
      const pictures = [...document.querySelectorAll('article img')].filter((i) => i.getBoundingClientRect().width > 0);
      pictures.forEach((i) => { i.loading = 'eager'; });
      await Promise.all(pictures.map((i) => i.decode().catch(() => null)));
      const ratio = (i) => i.clientWidth / i.clientHeight / (i.naturalWidth / i.naturalHeight);
      const tell = (i) => `${i.alt || i.src.slice(0, 60)}: ${ratio(i).toFixed(2)}`;
      return pictures.filter((i) => Math.abs(ratio(i) - 1) > 0.02).map(tell);
    }""")


def barriers(page):
    """Return what axe-core finds: WCAG 2.2 AA as far as it can tell, and its best practices."""
    rules = {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}
    return _axe(page, "document", {"rules": rules}) + faint_texts(page)


def barriers_of_colour(page):
    """Return what there is to look at anew when only the colours have changed."""
    return _axe(page, "document", {"runOnly": ["link-in-text-block"]}) + faint_texts(page)


def faint_texts(page):
    """Return what axe-core finds of too little contrast.

    This takes it longer than all else. It is asked about one text of each kind, where texts are of a kind when their own style and
    the backgrounds behind them are the same.
    """
    return _axe(page, f"{{include: ({ONE_OF_EACH_KIND})()}}", {"runOnly": ["color-contrast"]})


# Of each kind of text the element with the fewest others in it, since axe looks at those, too.
ONE_OF_EACH_KIND = """() => {
  const behind = new Map([[document.documentElement, '']]);
  const kinds = new Map();
  for (const e of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(e);
    const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode];
    const around = behind.get(e.parentElement) ?? '';
    const ground = own.join() === 'rgba(0, 0, 0, 0),none,1,none,normal' ? around : `${around} > ${own}`;
    behind.set(e, ground);
    if (![...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    if (!e.checkVisibility()) continue;
    const kind = [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textDecorationLine,
      e.hasAttribute('disabled'), ground].join('; ');
    const size = e.getElementsByTagName('*').length;
    if (!kinds.has(kind) || size < kinds.get(kind)[1]) kinds.set(kind, [e, size]);
  }
  return [...kinds.values()].map(([e]) => e);
}"""


def _axe(page, context, options):
    """Run axe-core on a context, given as JavaScript, and return what it finds."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    # Without `preload`, since what axe would fetch beside the page is no request of the page's own.
    options = {"resultTypes": ["violations"], "preload": False, **options}
    found = page.evaluate(f"(options) => axe.run({context}, options)", options)
    return [
        f"{violation['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:200]})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


# ---- The keyboard ----------------------------------------------------------------------------------------------------

AT_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
  const control = (x) => x && x.closest('a, button, label, summary, select, input, [tabindex]');
  const faults = [];
  if (!(box.width && box.height && box.bottom > 0 && box.top < innerHeight)) faults.push('is out of sight');
  else if (!at || !(e.contains(at) || at.contains(e) || control(at) === e)) faults.push('is covered');
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('does not show that it has the focus');
  return faults.map((fault) => `${e.outerHTML.slice(0, 90)} ${fault}`);
}"""
MOST_STOPS = 600


def keyboard_faults(page):
    """Walk through the page by the Tab key; return what is out of sight or unmarked where the focus is, or a trap."""
    faults = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(AT_FOCUS)
        if found is None:  # behind the last control
            return faults
        faults += found
    return [*faults, f"the keyboard does not come to an end after {MOST_STOPS} stops"]


def cut_texts(page):
    """Return the texts in explorers and questions that their boxes cut off."""
    return page.evaluate("""() => [...document.querySelectorAll('.nn-explorer *, .nn-question *')].filter((e) => {
      if (e.closest('select, .noUi-target, mjx-container') || !e.innerText || e.children.length) return false;
      const clips = getComputedStyle(e).overflow !== 'visible' || getComputedStyle(e).textOverflow === 'ellipsis';
      return clips && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
    }).map((e) => `cut: ${e.className} ${e.innerText.slice(0, 60)}`)""")


def silent_formulas(page):
    """Return the formulas that a screen reader cannot read: each needs MathML beside its picture."""
    return page.evaluate("""() => [...document.querySelectorAll('mjx-container')]
      .filter((formula) => !formula.querySelector('mjx-assistive-mml math')).map((formula) => formula.outerHTML.slice(0, 80))""")
