"use strict";
(function () {
  const data = JSON.parse(document.getElementById("day-data").textContent);
  const map = document.getElementById("map");
  const SVG = map.namespaceURI;
  const slider = document.getElementById("when");
  const buttons = Array.from(document.querySelectorAll(".switch button"));
  const make = (name, attributes, parent) => {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    parent.appendChild(element);
    return element;
  };
  const tip = (element) => make("title", {}, element);
  const say = (value, digits) => value.toFixed(digits).replace("-", "−");
  const branchColor = (permille) =>
    permille > 1000 ? "#d0403f" : permille > 800 ? "#e9a227" : permille > 500 ? "#5aa983" : "#a9cdbb";
  const homeColor = (watt) => {
    if (watt > 150) return "#f0b429";
    const draw = Math.min(-watt / 12000, 1);
    const mix = (a, b) => Math.round(a + (b - a) * Math.sqrt(Math.max(draw, 0)));
    return "rgb(" + mix(222, 30) + "," + mix(230, 58) + "," + mix(240, 160) + ")";
  };
  const house = (x, y, size) =>
    "M" + (x - size) + " " + (y + size) + "V" + (y - size * 0.25) + "L" + x + " " + (y - size * 1.15) +
    "L" + (x + size) + " " + (y - size * 0.25) + "V" + (y + size) + "Z";

  for (const [name, x, y] of data.streets) {
    const caption = make("text", { x: x, y: y, class: "strong" }, map);
    caption.textContent = name;
  }
  const branches = data.branches.map((branch) => {
    const [x1, y1] = data.places[branch.from_place];
    const [x2, y2] = data.places[branch.to_place];
    const middle = branch.is_transformer ? null : x1 + Math.min(26, Math.abs(x2 - x1) / 2);
    const path = Math.abs(y1 - y2) < 1 || Math.abs(x1 - x2) < 1 || middle === null
      ? "M" + x1 + " " + y1 + "L" + x2 + " " + y2
      : "M" + x1 + " " + y1 + "H" + middle + "V" + y2 + "H" + x2;
    const line = make("path", { d: path, fill: "none", "stroke-linecap": "round" }, map);
    return { line: line, title: tip(line), label: branch.label, transformer: branch.is_transformer };
  });
  for (const branch of data.branches.filter((b) => b.is_transformer)) {
    const [x1, y1] = data.places[branch.from_place];
    const [x2, y2] = data.places[branch.to_place];
    for (const share of [0.42, 0.58])
      make("circle", { cx: x1 + (x2 - x1) * share, cy: y1 + (y2 - y1) * share, r: 11, fill: "none", stroke: "#1c2733", "stroke-width": 2 }, map);
  }
  const homes = data.homes.map((home) => {
    const [x, y] = data.places[home.place];
    const shape = make("path", { stroke: "#1c2733", "stroke-width": 1 }, map);
    return { shape: shape, title: tip(shape), name: home.name, devices: home.devices, x: x, y: y };
  });

  const spark = document.getElementById("spark");
  const count = data.clocks.length;
  const top = Math.max(...data.worlds.map((world) => world.worst_percent), 105) * 1.04;
  const sparkY = (percent) => 78 - (percent / top) * 74;
  make("line", { x1: 0, x2: 1000, y1: sparkY(100), y2: sparkY(100), class: "red-line" }, spark);
  const worstOf = data.worlds.map((world) =>
    data.clocks.map((_, period) => Math.max(...world.loading_permille[period]) / 10));
  worstOf.forEach((series, index) => {
    const points = series.map((value, period) => (period / count) * 1000 + "," + sparkY(value)).join(" ");
    make("polyline", { points: points, class: ["s-none", "s-unchecked", "s-flex"][index] }, spark);
  });
  const cursor = make("line", { y1: 0, y2: 80, stroke: "#1c2733", "stroke-width": 1.5 }, spark);

  let world = 0;
  const draw = () => {
    const period = Number(slider.value);
    const now = data.worlds[world];
    let worst = 0;
    branches.forEach((branch, index) => {
      const permille = now.loading_permille[period][index];
      if (permille > now.loading_permille[period][worst]) worst = index;
      branch.line.setAttribute("stroke", branchColor(permille));
      branch.line.setAttribute("stroke-width", branch.transformer ? 4 : 2 + Math.min(permille, 1200) / 190);
      branch.title.textContent = branch.label + ": " + say(permille / 10, 1) + " % of its rating";
    });
    let total = 0;
    let lowest = 1e9;
    homes.forEach((home, index) => {
      const watt = now.home_w[period][index];
      const volt = now.decivolt[period][index] / 10;
      total += watt;
      lowest = Math.min(lowest, volt);
      home.shape.setAttribute("d", house(home.x, home.y, 5.5 + Math.min(Math.abs(watt) / 2600, 4)));
      home.shape.setAttribute("fill", homeColor(watt));
      const verb = watt > 0 ? " gives " : " takes ";
      home.title.textContent = home.name + verb + say(Math.abs(watt) / 1000, 1) + " kW, " + say(volt, 1) + " V" +
        (home.devices.length ? " (" + home.devices.join(", ") + ")" : "");
    });
    document.getElementById("clock").textContent = data.clocks[period];
    const fields = {
      worst: say(now.loading_permille[period][worst] / 10, 0) + " %",
      where: branches[worst].label,
      volt: say(lowest, 1) + " V",
      total: say(Math.abs(total) / 1000, 0) + " kW " + (total > 0 ? "out of" : "into") + " the village",
    };
    for (const id in fields) document.getElementById(id).textContent = fields[id];
    const highest = now.loading_permille[period][worst];
    document.getElementById("worst").style.color = highest > 1000 ? "#d0403f" : highest > 800 ? "#9a6a0c" : "";
    const x = ((period + 0.5) / count) * 1000;
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === world)));
  };
  buttons.forEach((button, index) => button.addEventListener("click", () => { world = index; draw(); }));
  slider.addEventListener("input", draw);
  let timer = 0;
  const play = document.getElementById("play");
  play.addEventListener("click", () => {
    if (timer) { clearInterval(timer); timer = 0; play.textContent = "▶ play the day"; return; }
    play.textContent = "❚❚ stop";
    timer = setInterval(() => { slider.value = (Number(slider.value) + 1) % count; draw(); }, 160);
  });
  world = data.worlds.reduce((best, now, index) => now.worst_percent > data.worlds[best].worst_percent ? index : best, 0);
  slider.value = data.worlds[world].worst_period;
  draw();
})();
