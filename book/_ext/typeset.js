// Reads one formula a line (JSON) from standard input and answers each with its HTML or an error.
const katex = require(process.argv[2]);

function typeset({ formula, display }) {
  const options = { displayMode: display, output: "htmlAndMathml", strict: "error" };
  try {
    return { html: katex.renderToString(formula, options) };
  } catch (error) {
    return { error: error.message };
  }
}

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(JSON.stringify(typeset(JSON.parse(line))) + "\n"));
