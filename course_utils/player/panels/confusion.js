import { flatIndex } from "../browser/paths.js";

/** A confusion matrix: a row for each true class, a column for each answer. */
export function panel(figure, spec) {
  const counts = figure.integers(spec.counts), [classes, , samples] = spec.counts.shape.slice(-3);
  const sampleAt = (step) => spec.steps.findLastIndex((sampled) => sampled <= step);
  /** The counts at a place of the grid and a step. */
  const countsAt = (flat, step) => (row, column) => counts[((flat * classes + row) * classes + column) * samples + sampleAt(step)];
  const countsOf = (state) => countsAt(flatIndex(figure.axes, state.chosen, spec.axes), state.step);
  const numbers = Array.from({ length: classes }, (_, k) => k);
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const rightOf = (count) => `${Math.round((100 * total(numbers.map((k) => count(k, k)))) / Math.max(1, total(numbers.map((k) => rowOf(count, k)))))} %`;
  const rowOf = (count, row) => total(numbers.map((column) => count(row, column)));
  /** The commonest mistake in words. */
  const mistake = (count) => {
    const pairs = numbers.flatMap((row) => numbers.filter((column) => column !== row).map((column) => [row, column]));
    const [row, column] = pairs.reduce((best, pair) => (count(pair[0], pair[1]) > count(best[0], best[1]) ? pair : best));
    return count(row, column) ? `most often a ${row} was taken for a ${column}: ${count(row, column)} times` : "no mistake";
  };
  return {
    label: (state) => `Confusion matrix of ${spec.label}, ${rightOf(countsOf(state))} right; ${mistake(countsOf(state))}`,
    draw(ctx, size, state, colours) {
      const count = countsOf(state), top = 34, cell = Math.floor(Math.min((size.width - 44) / classes, (size.height - top - 20) / classes));
      const left = Math.round((size.width - cell * classes) / 2) + 10;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.font = `12px ${colours.font}`;
      ctx.lineWidth = 1;
      ctx.fillStyle = colours.text;
      ctx.fillText(`${spec.label}: ${rightOf(count)} right`, left + (cell * classes) / 2, 8);
      for (const row of numbers) {
        const y = top + row * cell, all = Math.max(1, rowOf(count, row));
        for (const column of numbers) {
          const x = left + column * cell, value = count(row, column), share = value / all;
          ctx.strokeStyle = colours.grid;
          ctx.strokeRect(x + 0.5, y + 0.5, cell, cell);
          if (!value) continue;
          ctx.globalAlpha = (row === column ? 0.1 : 0.3) + 0.6 * share;
          ctx.fillStyle = row === column ? colours.paths[0] : colours.warning;
          ctx.fillRect(x + 1, y + 1, cell - 1, cell - 1);
          ctx.globalAlpha = 1;
          if (cell < 13) continue;
          ctx.fillStyle = colours.text;
          ctx.font = `${Math.min(12, Math.floor(cell * 0.55))}px ${colours.font}`;
          ctx.fillText(String(value), x + cell / 2, y + cell / 2);
        }
        ctx.fillStyle = colours.quiet;
        ctx.font = `11px ${colours.font}`;
        ctx.fillText(String(row), left - 10, y + cell / 2);
        ctx.fillText(String(row), left + (row + 0.5) * cell, top - 9);
      }
      ctx.fillText("answer", left + (cell * classes) / 2, top + cell * classes + 10);
      ctx.save();
      ctx.translate(left - 26, top + (cell * classes) / 2);
      ctx.rotate(-Math.PI / 2);
      ctx.fillText("true class", 0, 0);
      ctx.restore();
    },
    says(view, step) {
      if (view.path.name !== spec.of) return [];
      return [{ label: spec.label, text: `${rightOf(countsAt(view.flat, step))} right` }];
    },
  };
}
