// The landscape page: filters, sorting, charts and panel over the data in it. Texts become text nodes, never markup.
"use strict";
(() => {
const ROWS = 40, ROW = 24, DAY = 864e5, MOVES = 12;
const OTHERS = "Other trials"; // of none of the targets
const FIELDS = ["text", "target", "agent", "phase", "status", "sponsor", "country"];
const $ = id => document.getElementById(id);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const form = $("filters"), body = $("trials").tBodies[0], panel = $("panel");
const wholeUrl = "https://clinicaltrials.gov/study/", paperUrl = "https://pubmed.ncbi.nlm.nih.gov/";
let data, byId, shown = [], charts = {}, sort = {key: "id", down: false}, showsAllMoves = false, opener = null;
const whole = new Set(); // targets whose timeline shows every trial

document.documentElement.className = "js";

// An element with attributes and children; what is a text stays one.
function el(name, attributes = {}, ...children) {
  const one = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) one.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) one.setAttribute(key, value === true ? "" : value);
  }
  one.append(...children.filter(child => child != null));
  return one;
}
const hide = text => el("span", {class: "vh"}, text);
const out = (url, text, extra = {}) => el("a", {href: url, target: "_blank", rel: "noopener noreferrer", ...extra}, text);
const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

async function unpack(id) {
  const bytes = Uint8Array.from(atob($(id).textContent.trim()), sign => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

function fail(text) {
  $("failure").hidden = false;
  $("failure").textContent = text;
}

// --- filters ---------------------------------------------------------------------------------------------------------

function readFilters() {
  return Object.fromEntries(FIELDS.map(name => [name, form.elements[name].value.trim()]));
}

function match(trial, wanted) {
  const status = data.statuses[trial.status];
  return (!wanted.target || (wanted.target === "-" ? !trial.targets.length : trial.targets.includes(wanted.target)))
    && (!wanted.agent || trial.agents.includes(wanted.agent))
    && (!wanted.phase || trial.phase === wanted.phase)
    && (!wanted.status || trial.status === wanted.status || "look:" + status.look === wanted.status)
    && (!wanted.country || trial.countries.includes(wanted.country))
    && (!wanted.sponsor || fold(trial.sponsor).includes(fold(wanted.sponsor)))
    && fold(wanted.text).split(/\s+/).every(word => trial.words.includes(word));
}

const nameFilter = (name, value) => {
  const field = form.elements[name];
  return field.selectedOptions ? (name === "phase" ? "phase " : "") + field.selectedOptions[0].textContent.trim() : `“${value}”`;
};

function apply() {
  const wanted = readFilters();
  shown = data.trials.filter(trial => match(trial, wanted));
  const ids = new Set(shown.map(trial => trial.id));
  for (const row of body.rows) row.hidden = !ids.has(row.dataset.id);
  const set = FIELDS.filter(name => wanted[name]);
  for (const name of FIELDS) form.elements[name].classList.toggle("is-set", Boolean(wanted[name]));
  const by = set.map(name => nameFilter(name, wanted[name])).join(" + ");
  $("count").textContent = `${shown.length} of ${plural(data.trials.length, "trial")}${by ? ": " + by : ""}`;
  for (const empty of all("[data-empty]")) {
    empty.hidden = shown.length > 0 || !data.trials.length;
    empty.replaceChildren(`No trial matches ${by}. `, ...set.slice(-1).map(name =>
      el("button", {type: "button", class: "opens", onclick: () => choose({[name]: ""})}, `Clear ${nameFilter(name, wanted[name])}`)));
  }
  const moves = all(".move");
  const fitting = moves.filter(move => ids.has(move.dataset.id));
  for (const move of moves) move.hidden = true;
  for (const move of showsAllMoves ? fitting : fitting.slice(0, MOVES)) move.hidden = false;
  $("more-moves").hidden = showsAllMoves || fitting.length <= MOVES;
  $("more-moves").textContent = `Show all ${fitting.length}`;
  if ($("no-moves")) $("no-moves").hidden = fitting.length > 0 || !moves.length;
  writeAddress(wanted);
  draw();
}

function choose(values) {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  apply();
}

function writeAddress(wanted = readFilters()) {
  const pairs = FIELDS.filter(name => wanted[name]).map(name => [name, wanted[name]]);
  if (sort.key !== "id" || sort.down) pairs.push(["sort", (sort.down ? "-" : "") + sort.key]);
  if (panel.open) pairs.push(["trial", panel.dataset.id]);
  const text = new URLSearchParams(pairs).toString();
  if (text !== location.hash.slice(1) && (text || location.hash.includes("="))) {
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }
}

function readAddress() {
  if (!location.hash.includes("=")) return "";
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of FIELDS) form.elements[name].value = given.get(name) || "";
  const key = given.get("sort") || "id";
  order(key.replace(/^-/, ""), key.startsWith("-"));
  return given.get("trial") || "";
}

// --- the table -------------------------------------------------------------------------------------------------------

const KEYS = {
  id: trial => trial.id, targets: trial => trial.targets.join() || "\uffff", agents: trial => trial.agents.join() || "\uffff",
  phase: trial => String(data.phases.indexOf(trial.phase) + 1), sponsor: trial => fold(trial.sponsor) || "\uffff",
  status: trial => Object.keys(data.looks).indexOf(data.statuses[trial.status].look) + data.statuses[trial.status].word,
  countries: trial => String(trial.countries.length).padStart(4, "0"), primary: trial => trial.primary_day || "\uffff",
  moved: trial => trial.moved_day,
};

function order(key, down) {
  if (!KEYS[key]) [key, down] = ["id", false];
  sort = {key, down};
  const rows = new Map([...body.rows].map(row => [row.dataset.id, row]));
  const sorted = data.trials.map(trial => [KEYS[key](trial), trial.id]);
  sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1) * (down ? -1 : 1));
  body.append(...sorted.map(pair => rows.get(pair[1])));
  for (const head of all("#trials th")) {
    if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

// --- charts ----------------------------------------------------------------------------------------------------------

const ms = day => Date.parse(day);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const showMonth = day => `${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
const showDay = day => `${new Date(day).getUTCDate()} ${showMonth(new Date(day))}`;
const look = code => data.statuses[code].look;

function showTip(handler, event, item, text) {
  const tip = $("tip");
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 12)) + "px";
  tip.style.top = Math.max(8, Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8)) + "px";
}

async function embed(place, name, sets) {
  const chart = structuredClone(data.charts[name]);
  for (const one of chart.data) if (sets[one.name]) one.values = sets[one.name];
  // The expressions of the charts are interpreted, not evaluated as code, which the page's policy forbids.
  const options = {mode: "vega", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: showTip,
    loader: {http: false, file: false}};
  // In an element of its own: Vega names the one it is given, and what the chart says is said by ours.
  const inner = el("div", {"aria-hidden": "true"});
  place.replaceChildren(inner);
  return (await vegaEmbed(inner, chart, options)).view;
}

const groups = () => {
  const wanted = readFilters().target;
  const own = data.targets.map(target => [target, shown.filter(trial => trial.targets.includes(target))]);
  const none = shown.filter(trial => !trial.targets.some(target => data.targets.includes(target)));
  return [...own, [OTHERS, none]].filter(([name, trials]) => trials.length && (!wanted || wanted === "-" || name === wanted));
};

function rank(trials) {
  return [...trials].sort((a, b) => data.phases.indexOf(b.phase === "none" ? "" : b.phase) - data.phases.indexOf(a.phase === "none" ? "" : a.phase)
    || (a.bar.start || "9") < (b.bar.start || "9") && -1 || 1);
}

function findSpan() {
  const today = ms(data.until);
  const days = data.trials.flatMap(trial => [trial.bar.start, trial.bar.end]).filter(Boolean).map(ms);
  const first = Math.max(Math.min(today - 730 * DAY, ...days), today - 15 * 365 * DAY);
  const last = Math.min(Math.max(today + 365 * DAY, ...days), today + 8 * 365 * DAY);
  return [first - 60 * DAY, last + 60 * DAY];
}

function listMarks(trials) {
  const rows = {bars: [], ghosts: [], old: [], marks: [], results: [], papers: [], today: [{at: ms(data.until)}]};
  trials.forEach((trial, y) => {
    const bar = trial.bar, status = data.statuses[trial.status], name = `${trial.id} ${trial.title}`;
    const at = y + .42, about = `${name}\n${trial.phase === "none" ? "" : `Phase ${trial.phase}, `}${status.word}`;
    if (bar.start) {
      const tip = `${about}\n${showDay(bar.start)} to ${showDay(bar.end)}${bar.known === bar.end ? "" : `, estimated from ${showDay(bar.known)}`}`;
      const box = {y: y + .2, y2: y + .64, tip};
      if (bar.known > bar.start || bar.known === bar.end) rows.bars.push({...box, from: ms(bar.start), to: Math.max(ms(bar.known), ms(bar.start) + 10 * DAY), fill: `var(--${status.look}-e)`});
      if (bar.end > bar.known) rows.bars.push({...box, from: ms(bar.known), to: ms(bar.end), fill: `url(#h-${status.look})`});
    }
    for (const slip of bar.slips || []) {
      const low = y + (slip.what === "completion" ? .92 : .8), tip = `${name}\n${slip.what}: ${slip.words}`;
      rows.ghosts.push({from: ms(slip.old), to: ms(slip.new), y: low, tip});
      rows.old.push({at: ms(slip.old), y: low, tip});
    }
    for (const mark of bar.marks || []) {
      const one = data.statuses[mark.status];
      rows.marks.push({at: ms(mark.day), y: at, glyph: one.glyph, stroke: `var(--${one.look}-e)`, tip: `${name}\n${one.word} from ${showDay(mark.day)}`});
    }
    for (const paper of trial.papers || []) {
      if (paper.is_dot) rows.papers.push({at: ms(paper.day), y: at, tip: `${paper.is_retracted ? "Retracted. " : ""}PMID ${paper.pmid} ${paper.title}\n${paper.source}`});
    }
    if (bar.results) rows.results.push({at: ms(bar.results), y: at, tip: `${name}\nresults first posted ${showDay(bar.results)}`});
  });
  return rows;
}

const SIDES = 32; // what the chart leaves free left and right
const widthOf = box => Math.max(720, box.clientWidth || 0) - SIDES;

// A heading, the trials as buttons, and the chart beside them, for each target in its order.
function buildTimelines() {
  charts.timelines = new Map();
  for (const name of [...data.targets, OTHERS]) {
    const one = {heading: el("h3"), names: el("ul", {class: "tl-names", "aria-label": `Trials, ${name}`}), chart: el("div", {class: "tl-chart chart", role: "img"}), more: el("p", {class: "more"})};
    one.box = el("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": `Timeline, ${name}, scrolls sideways`}, el("div", {class: "tl"}, one.names, one.chart));
    one.block = el("div", {class: "tl-block", hidden: true}, one.heading, one.box, one.more);
    charts.timelines.set(name, one);
    $("timelines").append(one.block);
  }
}

function listTrials(name, one, trials) {
  const ranked = rank(trials), listed = whole.has(name) ? ranked : ranked.slice(0, ROWS);
  one.heading.textContent = `${name} · ${plural(trials.length, "trial")}`;
  one.names.replaceChildren(...listed.map(trial => el("li", {}, el("button", {type: "button", "data-id": trial.id, title: trial.title},
    el("span", {class: "gl", "aria-hidden": "true"}, data.statuses[trial.status].glyph), el("span", {class: "nct"}, trial.id), hide(data.statuses[trial.status].word), el("span", {class: "ph"}, trial.phase === "none" ? "–" : trial.phase.replace(/^(?=\d)/, "Ph ")), el("span", {class: "ti"}, trial.title)))));
  one.more.replaceChildren(...(listed.length < ranked.length ? [el("button", {type: "button", class: "plain", onclick: () => { whole.add(name); draw(); }}, `Show all ${ranked.length}`)] : []));
  const ended = ranked.filter(trial => ["stopped", "paused"].includes(look(trial.status))).length;
  one.chart.setAttribute("aria-label", `Timeline of ${listed.length} of ${plural(ranked.length, "trial")} of ${name}, ${ended} of them stopped or paused; the same stands in a table below.`);
  return listed;
}

async function drawTimelines(stamp) {
  if (!charts.timelines) buildTimelines();
  const wanted = new Map(groups()), [first, last] = findSpan();
  for (const [name, one] of charts.timelines) one.block.hidden = !wanted.has(name);
  let width; // the same for all; to ask for it lays the page out
  for (const [name, trials] of wanted) {
    const one = charts.timelines.get(name), listed = listTrials(name, one, trials), rows = listMarks(listed), isFirst = !one.view;
    one.view ||= await embed(one.chart, "timeline", rows);
    if (stamp !== drawing) return;
    const view = one.view.signal("first", first).signal("last", last).signal("rows", listed.length)
      .width(width ||= widthOf(one.chart)).height(listed.length * ROW).resize();
    for (const [set, marks] of Object.entries(rows)) view.data(set, marks);
    await view.runAsync();
    // Where it scrolls, it begins near the day of the data.
    if (isFirst) one.box.scrollLeft = view.scale("x")(ms(data.until)) - (one.box.clientWidth - one.names.clientWidth) * .6;
    await new Promise(done => setTimeout(done));
    if (stamp !== drawing) return;
  }
}

// A look that one status alone has is no choice of its own.
function findStatus(name) {
  const wanted = ["look:" + name, ...Object.values(data.statuses).filter(one => one.look === name).map(one => one.code)];
  const offered = [...form.elements.status.options].map(option => option.value);
  return wanted.find(value => offered.includes(value)) || "";
}

function countCells() {
  const targets = groups().map(([name]) => name), phases = data.phases.filter(phase => shown.some(trial => trial.phase === phase));
  const looks = Object.keys(data.looks).filter(name => shown.some(trial => look(trial.status) === name));
  const glyph = Object.fromEntries(Object.values(data.statuses).map(one => [one.look, one.glyph]));
  return groups().flatMap(([target, trials], order) => looks.flatMap(one => phases.map(phase => {
    const number = trials.filter(trial => trial.phase === phase && look(trial.status) === one).length;
    const step = data.heat.filter(from => number >= from).length - 1;
    return {target, order, phase, look: one, status: `${glyph[one]} ${data.looks[one]}`, place: Object.keys(data.looks).indexOf(one), number, label: number ? String(number) : "·",
      fill: `var(--h${step})`, ink: step === 5 ? "var(--hi5)" : step ? "var(--hi)" : "var(--hi0)", tip: `${target}, phase ${phase}, ${data.looks[one].toLowerCase()}: ${plural(number, "trial")}`};
  })));
}

async function drawHeat() {
  const cells = countCells(), most = cells.reduce((best, cell) => cell.number > (best?.number || 0) ? cell : best, null);
  $("heat-chart").hidden = !cells.length;
  if (!cells.length) return;
  $("heat-chart").setAttribute("aria-label", most ? `Heat map of ${plural(shown.length, "trial")}; most in one cell: ${most.tip}. The same stands in a table below.` : "");
  if (!charts.heat) {
    charts.heat = await embed($("heat-chart"), "heat", {cells});
    charts.heat.addEventListener("click", (event, item) => {
      const cell = item?.datum;
      if (!cell?.phase || !cell.look || !cell.number) return;
      choose({target: data.targets.includes(cell.target) ? cell.target : "-", phase: cell.phase, status: findStatus(cell.look)});
      $("table").scrollIntoView();
    });
  }
  const phases = new Set(cells.map(cell => cell.phase)).size;
  charts.heat.signal("x_step", Math.max(26, Math.ceil(124 / phases)));
  await charts.heat.data("cells", cells).resize().runAsync();
}

function listMonths() {
  const wanted = readFilters().target;
  const targets = data.targets.filter(target => (!wanted || target === wanted) && data.months.some(month => month.target === target));
  const found = new Map(data.months.map(month => [month.target + month.month, month.papers]));
  const rows = [];
  targets.forEach((target, order) => {
    for (let day = new Date(data.first_month); day <= new Date(data.until); day.setUTCMonth(day.getUTCMonth() + 1)) {
      const month = day.toISOString().slice(0, 10), next = new Date(day);
      next.setUTCMonth(next.getUTCMonth() + 1);
      const papers = found.get(target + month) || 0;
      const words = showMonth(day);
      rows.push({target, order, month: words, from: +day, to: +next, middle: (+day + +next) / 2, papers, label: papers ? String(papers) : "", tip: `${target}, ${words}: ${plural(papers, "paper")}`});
    }
  });
  return rows;
}

async function drawPapers() {
  const rows = listMonths();
  $("no-papers").hidden = rows.length > 0;
  $("papers-chart").hidden = !rows.length;
  if (!rows.length) return;
  const sum = rows.reduce((sum, row) => sum + row.papers, 0);
  $("papers-chart").setAttribute("aria-label", `Papers a month: ${sum} since ${showDay(data.first_month)}. The same stands in a table below.`);
  charts.papers ||= await embed($("papers-chart"), "papers", {months: rows});
  charts.papers.signal("child_width", Math.max(640, $("papers-chart").parentElement.clientWidth - 150));
  await charts.papers.data("months", rows).resize().runAsync();
}

let drawing = 0;
async function draw() {
  const stamp = ++drawing;
  delete document.documentElement.dataset.drawn;
  for (const details of all("details.as-table[open]")) fillTable(details);
  if (!window.vegaEmbed) return;
  for (const step of [drawTimelines, drawHeat, drawPapers]) {
    await step(stamp);
    if (stamp !== drawing) return;
  }
  document.documentElement.dataset.drawn = stamp;
}

// --- the charts as tables --------------------------------------------------------------------------------------------

function buildTable(heads, rows) {
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads.map(head => el("th", {scope: "col"}, head)))));
  table.append(el("tbody", {}, ...rows.map(row => el("tr", {}, ...row.map((cell, place) => place ? el("td", {}, String(cell)) : el("th", {scope: "row"}, String(cell)))))));
  return table;
}

const TABLES = {
  timeline: () => buildTable(["Trial", "Target", "Phase", "Status", "From", "Been until", "To", "Dates that moved", "Status began", "Results", "Papers"],
    groups().flatMap(([target, trials]) => rank(trials).map(trial => [trial.id, target, trial.phase, data.statuses[trial.status].word, trial.bar.start ? showDay(trial.bar.start) : "–",
      trial.bar.known ? showDay(trial.bar.known) : "–", trial.bar.end ? showDay(trial.bar.end) : "–", (trial.bar.slips || []).map(slip => `${slip.what}: ${slip.words}`).join("; ") || "–",
      (trial.bar.marks || []).map(mark => `${data.statuses[mark.status].word} ${showDay(mark.day)}`).join("; ") || "–", trial.bar.results ? showDay(trial.bar.results) : "–",
      (trial.papers || []).filter(paper => paper.is_dot).map(paper => paper.pmid).join(", ") || "–"]))),
  heat: () => {
    const cells = countCells(), looks = [...new Set(cells.map(cell => cell.status))], rows = new Map();
    for (const cell of cells) {
      const key = `${cell.target}\n${cell.phase}`;
      rows.set(key, {...rows.get(key), [cell.status]: cell.number});
    }
    return buildTable(["Target", "Phase", ...looks], [...rows].map(([key, numbers]) => [...key.split("\n"), ...looks.map(one => numbers[one] || 0)]));
  },
  papers: () => {
    const rows = listMonths(), targets = [...new Set(rows.map(row => row.target))], months = [...new Set(rows.map(row => row.month))];
    const found = new Map(rows.map(row => [row.month + row.target, row.papers]));
    return buildTable(["Month", ...targets], months.reverse().map(month => [month, ...targets.map(target => found.get(month + target))]));
  },
};

function fillTable(details) {
  details.querySelector(".scroll").replaceChildren(TABLES[details.dataset.table]());
}

// --- the panel -------------------------------------------------------------------------------------------------------

function chip(code) {
  const one = data.statuses[code];
  return el("span", {class: "chip " + one.look}, el("i", {"aria-hidden": "true"}, one.glyph), one.word);
}

function tellChange(line) {
  const item = el("li", {}, el("b", {}, line.what));
  if (line.before && line.after) item.append(": ", hide("from "), line.before, " ", el("span", {class: "arrow", "aria-hidden": "true"}, "→"), hide(" to "), " ", line.after);
  else if (line.before || line.after) item.append(": ", line.before || line.after);
  if (line.note) item.append(` (${line.note})`);
  return item;
}

function tellStep(step) {
  const lines = (step.lines || []).map(tellChange);
  if (step.more) lines.push(el("li", {class: "meta"}, `${plural(step.more, "change")} of low weight`));
  const isGrave = (step.lines || []).some(line => line.weight === "top" || line.weight === "high");
  return el("li", {class: isGrave ? "grave" : ""}, el("h4", {}, step.when, isGrave ? hide(", of high weight") : null), el("p", {class: "meta"}, step.dated[0].toUpperCase() + step.dated.slice(1)), el("ul", {class: "lines"}, ...lines));
}

const CHIEF = new Set(["Status", "Reason in the record", "Sponsor", "Primary completion", "Enrollment"]);
const tellFacts = facts => el("dl", {}, ...facts.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));

function fillPanel(trial) {
  $("panel-id").textContent = [trial.id, trial.phase === "none" ? "" : `Phase ${trial.phase}`, trial.targets.join(", ")].filter(Boolean).join(" · ");
  $("panel-title").textContent = trial.title;
  $("panel-chips").replaceChildren(chip(trial.status), trial.standing ? el("span", {class: "meta"}, ` ${trial.standing}`) : "");
  const links = [out(trial.url, "Record at ClinicalTrials.gov"), out(wholeUrl + trial.id + "?tab=history", "Its versions there")];
  if (trial.bar.results) links.push(out(wholeUrl + trial.id + "?tab=results", "Posted results"));
  const steps = trial.steps || [], papers = trial.papers || [];
  $("panel-body").replaceChildren(
    el("ul", {class: "links"}, ...links.map(link => el("li", {}, link))),
    tellFacts(trial.facts.filter(([name]) => CHIEF.has(name))),
    el("h3", {}, "Statuses"),
    el("ol", {class: "spells"}, ...[...trial.spells].reverse().map(spell => el("li", {}, chip(spell.status), ` ${spell.since} – ${spell.until || "now"}`))),
    el("h3", {}, `History, ${steps.length ? plural(steps.length, "update") + ", newest first" : "nothing changed yet"}`),
    el("p", {class: "meta"}, trial.held + "."),
    el("ol", {class: "history"}, ...steps.map(tellStep)),
    el("h3", {}, `Papers (${papers.length})`),
    papers.length ? el("ul", {class: "papers"}, ...papers.map(paper => el("li", {}, paper.is_retracted ? el("strong", {}, "Retracted. ") : null, out(paperUrl + paper.pmid + "/", `PMID ${paper.pmid}`), ` ${paper.title} `, el("span", {class: "meta"}, [paper.source, paper.said].filter(Boolean).join("; "))))) : el("p", {class: "meta"}, "No paper held is tied to this trial."),
    el("h3", {}, "The record now"),
    tellFacts([...trial.facts.filter(([name]) => !CHIEF.has(name)), ...(trial.agents.length ? [["Agents known here", trial.agents.join(", ")]] : [])]),
  );
}

function openPanel(id, from) {
  const trial = byId.get(id);
  if (!trial) return;
  opener = from;
  panel.dataset.id = id;
  fillPanel(trial);
  panel.showModal();
  panel.scrollTop = 0;
  $("panel-title").focus();
  writeAddress();
}

// --- events ----------------------------------------------------------------------------------------------------------

function listen() {
  let timer;
  const soon = () => { clearTimeout(timer); timer = setTimeout(apply, 120); };
  form.addEventListener("input", soon);
  form.addEventListener("submit", event => { event.preventDefault(); apply(); });
  $("clear").addEventListener("click", () => { form.reset(); apply(); form.elements.text.focus(); });
  $("more-moves").addEventListener("click", () => { showsAllMoves = true; apply(); });
  document.addEventListener("click", event => {
    const button = event.target.closest("button[data-id]");
    if (button) openPanel(button.dataset.id, button);
    const head = event.target.closest(".sort")?.parentElement;
    if (head) { order(head.dataset.key, sort.key === head.dataset.key && !sort.down); writeAddress(); }
    if (event.target === panel) panel.close();
  });
  $("panel-close").addEventListener("click", () => panel.close());
  panel.addEventListener("close", () => { writeAddress(); if (opener?.isConnected) opener.focus(); });
  document.addEventListener("keydown", event => {
    if (event.key === "/" && !panel.open && !event.target.closest("input,select,textarea")) { event.preventDefault(); form.elements.text.focus(); }
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key], list = event.target.closest?.(".tl-names");
    if (step && list) { event.preventDefault(); const buttons = all("button", list); buttons[buttons.indexOf(event.target) + step]?.focus(); }
  });
  for (const details of all("details.as-table")) details.addEventListener("toggle", () => details.open && fillTable(details));
  let width = innerWidth;
  addEventListener("resize", () => { if (width !== innerWidth) { width = innerWidth; clearTimeout(timer); timer = setTimeout(draw, 150); } });
  addEventListener("hashchange", () => { const id = readAddress(); apply(); if (id && !panel.open) openPanel(id, null); });
  addEventListener("beforeprint", () => fitPaper(480));
  addEventListener("afterprint", () => fitPaper(0));
}

// On paper nothing scrolls: the charts are as wide as a sheet.
function fitPaper(width) {
  for (const one of (charts.timelines || new Map()).values()) one.view?.width(width || widthOf(one.chart)).run();
  charts.papers?.signal("child_width", width || Math.max(640, $("papers-chart").parentElement.clientWidth - 150)).run();
}

async function start() {
  if (!window.DecompressionStream) {
    fail("This browser is too old for the charts, filters and histories of this page (it has no DecompressionStream); what moved and the table of trials are whole.");
    return;
  }
  data = JSON.parse(await unpack("packed-data"));
  byId = new Map(data.trials.map(trial => [trial.id, trial]));
  for (const trial of data.trials) trial.words = fold([trial.id, trial.title, trial.sponsor, ...trial.targets, ...trial.agents, ...trial.countries, trial.also].join(" "));
  listen();
  const id = readAddress();
  apply();
  if (id) openPanel(id, null);
  document.documentElement.dataset.ready = "";
  performance.mark("ready");
  const library = el("script");
  library.textContent = await unpack("packed-library");
  document.head.append(library);
  await draw();
}

start().catch(error => fail(`This page could not be built up: ${error.message}. What moved and the table of trials are whole.`));
})();
