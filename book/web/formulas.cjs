/* Reads formulas, one a line as JSON, and answers each with its MathML or with what is wrong. */
"use strict";

const { createInterface } = require("node:readline");
const temml = require("temml");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { formula, display } = JSON.parse(line);
  let answer;
  try {
    answer = { markup: temml.renderToString(formula, { displayMode: display, throwOnError: true, xml: true }) };
  } catch (error) {
    answer = { fault: error.message };
  }
  console.log(JSON.stringify(answer));
});
