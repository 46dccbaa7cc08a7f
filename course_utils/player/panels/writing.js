import { flatIndex } from "../browser/paths.js";

const LINE = 1.5; // from one line of text to the next, in its own height

/** What a model of language writes: a text that changes with the step and the sliders. */
export function panel(figure, spec) {
  const sampleAt = (step) => spec.steps.findLastIndex((sampled) => sampled <= step);
  const textOf = (state) => spec.texts[flatIndex(figure.axes, state.chosen, spec.axes) * spec.steps.length + sampleAt(state.step)];
  const title = (step) => `${spec.label} at step ${spec.steps[sampleAt(step)]}`;
  return {
    aspect: figure.panels[0] === spec ? 1.25 : 0,
    label: (state) => `${title(state.step)}: ${textOf(state)}`,
    draw(ctx, { width, height }, state, colours) {
      const room = height - 30, text = textOf(state);
      let size = 24, lines;
      do {
        size -= 1;
        ctx.font = `${size}px ${colours.font}`;
        lines = wrapped(ctx, text, width - 24);
      } while (size > 10 && lines.length * size * LINE > room);
      ctx.fillStyle = colours.text;
      ctx.textAlign = "left";
      ctx.textBaseline = "top";
      lines.forEach((one, i) => ctx.fillText(one, 12, 30 + i * size * LINE));
      ctx.fillStyle = colours.quiet;
      ctx.font = `12px ${colours.font}`;
      ctx.textAlign = "center";
      ctx.fillText(title(state.step), width / 2, 4);
    },
  };
}

/** A text as lines that fit a width; a word that is longer than a line is cut. */
function wrapped(ctx, text, width) {
  const lines = [""];
  for (const piece of text.split(/(?<= )/)) {
    for (const part of ctx.measureText(piece).width > width ? [...piece] : [piece]) {
      const longer = lines[lines.length - 1] + part;
      if (ctx.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(part);
    }
  }
  return lines;
}
