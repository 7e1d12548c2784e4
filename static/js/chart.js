/* Charts (ECharts): the option comes as data, from the page or from an address; colours follow the theme; a point with a url drills. */
(() => {
  "use strict";
  const style = getComputedStyle(document.documentElement);
  const ink = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const palette = ["#066fd1", "#f59f00", "#2fb344", "#ae3ec9", "#0ca678", "#d63939", "#4299e1", "#74b816"];
  const axis = (value) => {
    if (!value) return value;
    const list = Array.isArray(value) ? value : [value];
    const line = ink("--tblr-border-color", "#dce1e7");
    const text = ink("--tblr-secondary", "#6b7280");
    return list.map((one) => ({
      ...one,
      axisLabel: { color: text, ...one.axisLabel },
      axisLine: { lineStyle: { color: line }, ...one.axisLine },
      splitLine: { lineStyle: { color: line }, ...one.splitLine },
    }));
  };
  const draw = (place, option) => {
    const chart = echarts.init(place, null, { renderer: "svg" });
    const text = ink("--tblr-body-color", "#1f2937");
    const series = (option.series || []).map((one) => one.type === "bar"
      ? { barMaxWidth: 36, ...one, itemStyle: { borderRadius: one.stack ? 0 : [4, 4, 0, 0], ...one.itemStyle } }
      : one.type === "pie" ? { label: { color: text }, itemStyle: { borderColor: ink("--tblr-bg-surface", "#fff"), borderWidth: 2 }, ...one } : one);
    chart.setOption({
      animation: false, color: palette, textStyle: { fontFamily: ink("--tblr-font-sans-serif", "sans-serif"), color: text },
      ...(option.xAxis ? { grid: { left: 8, right: 8, top: 16, bottom: option.legend ? 32 : 8, containLabel: true } } : {}),
      ...option, series, xAxis: axis(option.xAxis), yAxis: axis(option.yAxis),
      legend: option.legend ? { textStyle: { color: text }, icon: "roundRect", ...option.legend } : undefined,
      tooltip: { renderMode: "richText", trigger: "item", confine: true, ...option.tooltip },
    });
    chart.on("click", (event) => { const url = event.data && event.data.url; if (url && url.startsWith("/")) location.assign(url); });
    new ResizeObserver(() => chart.resize()).observe(place);
  };
  const start = () => {
    for (const place of document.querySelectorAll("[data-chart]")) draw(place, JSON.parse(document.getElementById(place.dataset.chart).textContent));
    for (const place of document.querySelectorAll("[data-chart-url]")) {
      fetch(place.dataset.chartUrl, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
        .then((option) => draw(place, option))
        .catch(() => { place.textContent = "–"; place.classList.add("text-secondary"); });
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
