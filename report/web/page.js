/* page.js - draws the charts of the report, copies filters.
 * Works without uPlot too: then the charts are in the page as SVG.
 * SPDX-License-Identifier: GPL-2.0-or-later */
(function () {
  'use strict';

  var SECOND = 1e9;

  function element(tag, parent, text) {
    var made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  /* ---- copy buttons ---- */

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = element('textarea', document.body);
    area.value = text;
    area.select();
    var done = document.execCommand('copy');
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest('button.copy');
    if (!button) return;
    var code = button.parentNode.querySelector('code');
    copy(code.textContent).then(function () {
      button.textContent = 'Copied';
    }, function () { /* no clipboard: leave it selected, to be copied by hand */
      window.getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }).then(function () {
      setTimeout(function () { button.textContent = 'Copy'; }, 2000);
    });
  });

  /* ---- the folded lanes of the picture ---- */

  var folded = document.getElementById('folded');

  function drawing(name, attributes, parent) {
    var made = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    parent.appendChild(made);
    return made;
  }

  if (folded) folded.addEventListener('toggle', function unfold() {
    folded.removeEventListener('toggle', unfold);
    var lanes = JSON.parse(document.getElementById('lanes').textContent);
    var all = document.createDocumentFragment();
    lanes.forEach(function (row) {
      var lane = element('div', all), name = element('span', lane, row[0]);
      lane.className = 'lane';
      name.className = 'name';
      var svg = drawing('svg', { viewBox: '0 0 1000 20', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, lane);
      drawing('path', { 'class': 'out', d: row[1] }, svg);
      drawing('path', { 'class': 'back', d: row[2] }, svg);
    });
    folded.querySelector('.lanes').appendChild(all);
  });

  /* ---- values as text ---- */

  function spanText(ns) {
    var size = Math.abs(ns);
    var units = [[86400e9, 'd'], [3600e9, 'h'], [60e9, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, '\u00b5s'], [1, 'ns']];
    for (var i = 0; i < units.length; i++)
      if (size >= units[i][0]) return +(ns / units[i][0]).toPrecision(4) + '\u00a0' + units[i][1];
    return '0';
  }

  var texts = {
    'time': function (ns) { return +(ns / SECOND).toFixed(6) + '\u00a0s'; },
    'span': spanText,
    'span-log': spanText,
    'count': String,
    'bytes': function (bytes) { return bytes + '\u00a0B'; },
    'on': function (on) { return on ? 'on' : 'off'; },
  };

  function pointText(chart, series, i) {
    var x = texts[chart.x](series.x[i]);
    if (series.draw === 'bars')
      return series.name + ': ' + series.y[i] + ' between ' + x + ' and ' + texts[chart.x](series.x_end[i]);
    var parts = [x, chart.y === 'lanes' ? series.name + ', ' + chart.lanes[series.y[i]] :
      series.name + ' ' + texts[chart.y](series.y[i])];
    if (series.frames && series.frames[i]) parts.push('frame ' + series.frames[i]);
    if (series.text && series.text[i]) parts.push(series.text[i]);
    return parts.join(', ');
  }

  /* ---- one chart ---- */

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  var shapes = {}; /* kind -> {path, fill, stroke}; colors are read again after a change of theme */

  function shapeOf(name) {
    var id = 'm-' + name.replace(/ /g, '-');
    if (!shapes[id]) {
      var node = document.getElementById(id), style = getComputedStyle(node);
      shapes[id] = { path: new Path2D(node.getAttribute('d')), fill: style.fill, stroke: style.stroke };
    }
    return shapes[id];
  }

  function drawBands(chart, plot) {
    var box = plot.bbox;
    chart.bands.forEach(function (band) {
      var from = Math.max(plot.valToPos(band.from, 'x', true), box.left);
      var to = Math.min(plot.valToPos(band.to, 'x', true), box.left + box.width);
      plot.ctx.fillStyle = color(band.name === 'stall' ? '--stall' : '--recovery');
      if (to > from) plot.ctx.fillRect(from, box.top, to - from, box.height);
    });
  }

  function drawMarks(chart, plot) {
    var ctx = plot.ctx, size = uPlot.pxRatio, box = plot.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.width, box.height);
    ctx.clip();
    chart.series.forEach(function (series, number) {
      if (series.draw === 'bars') {
        ctx.fillStyle = color(number ? '--b' : '--a');
        series.x.forEach(function (x, i) {
          var from = plot.valToPos(x, 'x', true), to = plot.valToPos(series.x_end[i], 'x', true);
          var width = Math.max((to - from) / 2, size), top = plot.valToPos(series.y[i], 'y', true);
          ctx.fillRect(from + number * width, top, width, box.top + box.height - top);
        });
      }
      if (series.draw !== 'marks') return;
      var shape = shapeOf(series.name);
      ctx.fillStyle = shape.fill;
      ctx.strokeStyle = shape.stroke;
      ctx.lineWidth = 1.4;
      series.x.forEach(function (x, i) {
        ctx.save();
        ctx.translate(plot.valToPos(x, 'x', true), plot.valToPos(series.y[i], 'y', true));
        ctx.scale(size, size);
        if (shape.fill !== 'none') ctx.fill(shape.path);
        ctx.stroke(shape.path);
        ctx.restore();
      });
    });
    ctx.restore();
  }

  /* The point nearest to the pointer, within reach. */
  function nearest(chart, plot) {
    var best = null, reach = 16 * 16;
    chart.series.forEach(function (series) {
      series.x.forEach(function (x, i) {
        var middle = series.draw === 'bars' ? Math.sqrt(x * series.x_end[i]) : x;
        var dx = plot.valToPos(middle, 'x') - plot.cursor.left;
        var dy = series.draw === 'bars' ? 0 : plot.valToPos(series.y[i], 'y') - plot.cursor.top;
        if (dx * dx + dy * dy < reach) {
          reach = dx * dx + dy * dy;
          best = [series, i];
        }
      });
    });
    return best;
  }

  function showTip(chart, plot, tip) {
    var found = plot.cursor.left >= 0 ? nearest(chart, plot) : null;
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = pointText(chart, found[0], found[1]);
    tip.style.left = Math.min(plot.over.offsetLeft + plot.cursor.left + 12, plot.width - 160) + 'px';
    tip.style.top = plot.over.offsetTop + plot.cursor.top + 12 + 'px';
  }

  /* Powers of ten; over less than three decades also their doubles and fives. */
  function logSplits(low, high) {
    var steps = high / low > 1000 ? [1] : [1, 2, 5], splits = [];
    for (var power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
      steps.forEach(function (step) {
        var value = +(step * Math.pow(10, power)).toPrecision(3);
        if (value >= low && value <= high) splits.push(value);
      });
    return splits;
  }

  /* On a narrow screen only the ports: the tip and the table have the addresses. */
  function laneNames(chart, plot) {
    var narrow = plot.width < 560, room = narrow ? 16 : 46;
    return chart.lanes.map(function (name) {
      if (narrow) name = name.replace(/^.*:(\d+) -> .*:(\d+)$/, ':$1 \u2192 :$2');
      return name.length > room ? name.slice(0, room - 1) + '\u2026' : name;
    });
  }

  function axis(chart, side) {
    var kind = chart[side];
    var made = {
      scale: side,
      stroke: function () { return color('--dim'); },
      grid: { stroke: function () { return color('--rule'); }, width: 1 },
      ticks: { stroke: function () { return color('--rule'); }, width: 1 },
      font: '12px system-ui, sans-serif',
      values: function (plot, values) {
        return values.map(function (value) { return value === null ? '' : texts[kind](value); });
      },
    };
    if (kind === 'span-log' || kind === 'count')
      made.splits = function (plot) { return logSplits(plot.scales[side].min, plot.scales[side].max); };
    if (kind === 'lanes') {
      made.splits = function () { return chart.lanes.map(function (name, i) { return i; }); };
      made.values = function (plot) { return laneNames(chart, plot); };
      made.size = function (plot) {
        return 30 + 6.4 * Math.max.apply(null, laneNames(chart, plot).map(function (name) { return name.length; }));
      };
    } else if (side === 'y') {
      made.size = 80;
    }
    if (kind === 'on') made.splits = function () { return [0, 1]; };
    return made;
  }

  function range(chart) {
    if (chart.y === 'lanes') return [-0.5, chart.lanes.length - 0.5];
    if (chart.y === 'on') return [-0.1, 1.1];
    var low = Infinity, high = -Infinity;
    chart.series.forEach(function (series) {
      series.y.forEach(function (y) { low = Math.min(low, y); high = Math.max(high, y); });
    });
    if (chart.y === 'count') return [0.7, Math.max(high * 1.5, 10)];
    var margin = (high - low || Math.abs(high) || 1) * 0.1;
    return [low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin];
  }

  function height(chart) {
    return chart.y === 'lanes' ? Math.max(chart.lanes.length, 3) * 28 + 60 : chart.y === 'on' ? 100 : 210;
  }

  /* Curves are uPlot's; marks and bars are drawn over them. */
  function dataOf(chart) {
    var tables = chart.series.map(function (series) {
      return series.draw === 'line' || series.draw === 'steps' ? [series.x, series.y] :
        [[chart.from, chart.to], [null, null]];
    });
    return tables.length ? uPlot.join(tables) : [[chart.from, chart.to]];
  }

  function build(chart, host) {
    var logX = chart.x === 'span-log', yRange = range(chart);
    var full = [logX ? Math.max(chart.from, 1) : chart.from, chart.to];
    var tip = element('div', null);
    tip.className = 'tip';
    tip.hidden = true;
    tip.setAttribute('role', 'status');

    var plot = new uPlot({
      width: Math.max(host.clientWidth, 300),
      height: height(chart),
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: true }, points: { show: false } },
      scales: {
        x: { time: false, distr: logX ? 3 : 1, range: function (self, from, to) { return [from, to]; } },
        y: { distr: chart.y === 'count' ? 3 : 1, dir: chart.y === 'lanes' ? -1 : 1, /* the first lane on top */
           range: function () { return yRange; } },
      },
      axes: [axis(chart, 'x'), axis(chart, 'y')],
      series: [{}].concat(chart.series.map(function (series, number) {
        var curve = series.draw === 'line' || series.draw === 'steps';
        return {
          label: series.name,
          stroke: function () { return color(number ? '--b' : '--a'); },
          fill: series.draw === 'steps' ? function () { return color('--a') + '22'; } : undefined,
          width: curve ? 1.5 : 0,
          paths: series.draw === 'steps' ? uPlot.paths.stepped({ align: 1 }) : curve ? undefined : function () { return null; },
          points: { show: series.draw === 'line' && series.x.length < 200, size: 5 },
        };
      })),
      hooks: {
        drawAxes: [function (self) { drawBands(chart, self); }],
        draw: [function (self) { drawMarks(chart, self); }],
        setCursor: [function (self) { showTip(chart, self, tip); }],
        setScale: [function (self, key) {
          if (key !== 'x') return;
          host.dataset.from = self.scales.x.min;
          host.dataset.to = self.scales.x.max;
        }],
      },
    }, dataOf(chart), host);
    host.appendChild(tip);

    function show(from, to) { plot.setScale('x', { min: from, max: to }); }

    function zoom(factor, shift) {
      var scale = plot.scales.x, map = logX ? Math.log : Number, back = logX ? Math.exp : Number;
      var from = map(scale.min), to = map(scale.max), middle = (from + to) / 2 + shift * (to - from);
      var half = (to - from) / 2 * factor, low = map(full[0]), high = map(full[1]);
      if (half * 2 >= high - low) return show(full[0], full[1]);
      middle = Math.min(Math.max(middle, low + half), high - half);
      show(back(middle - half), back(middle + half));
    }

    var actions = {
      '+': function () { zoom(0.5, 0); }, '=': function () { zoom(0.5, 0); }, '-': function () { zoom(2, 0); },
      'ArrowLeft': function () { zoom(1, -0.25); }, 'ArrowRight': function () { zoom(1, 0.25); },
      '0': function () { show(full[0], full[1]); },
    };
    host.addEventListener('keydown', function (event) {
      if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      actions[event.key]();
      event.preventDefault();
    });
    plot.over.addEventListener('dblclick', actions['0']);
    show(full[0], full[1]);
    host.dataset.drawn = 'yes';
    return plot;
  }

  /* ---- the numbers of a chart as a table, for those who cannot see it ---- */

  function addTable(chart, host) {
    var details = element('details'), filled = false;
    element('summary', details, 'The chart as a table');
    host.parentNode.appendChild(details);
    details.addEventListener('toggle', function () {
      if (filled) return;
      filled = true;
      var box = element('div', details), list = [];
      box.className = 'data';
      box.tabIndex = 0;
      chart.series.forEach(function (series) {
        series.x.forEach(function (x, i) { list.push([x, pointText(chart, series, i)]); });
      });
      list.sort(function (a, b) { return a[0] - b[0]; });
      var items = element('ol', box);
      list.forEach(function (row) { element('li', items, row[1]); });
    });
  }

  /* ---- all of them, each when it comes into view ---- */

  var data = document.getElementById('charts');
  if (!data || !window.uPlot) return;

  var charts = JSON.parse(data.textContent), plots = {};

  function draw(chart) {
    var host = document.getElementById(chart.id);
    if (host && !plots[chart.id]) plots[chart.id] = build(chart, host);
  }

  function each(action) {
    Object.keys(plots).forEach(function (id) { action(plots[id], document.getElementById(id)); });
  }

  function redraw() {
    shapes = {};
    each(function (plot) { plot.redraw(false, true); });
  }

  var byId = {};
  var watch = new IntersectionObserver(function (seen) {
    seen.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      watch.unobserve(entry.target);
      draw(byId[entry.target.id]);
    });
  }, { rootMargin: '400px' });

  charts.forEach(function (chart) {
    var host = document.getElementById(chart.id);
    if (!host) return;
    byId[chart.id] = chart;
    addTable(chart, host);
    watch.observe(host);
  });

  function fit() {
    each(function (plot, host) {
      if (Math.abs(host.clientWidth - plot.width) > 1 && host.clientWidth > 100)
        plot.setSize({ width: host.clientWidth, height: plot.height });
    });
  }

  window.addEventListener('resize', fit);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  window.matchMedia('print').addEventListener('change', redraw);
  window.addEventListener('beforeprint', function () {
    charts.forEach(draw);
    redraw();
  });
})();
