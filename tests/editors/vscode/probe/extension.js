// Runs beside Nablatex in the extension host, defines the languages of the extensions for Quarto and R Markdown, and writes down what Nablatex tells other extensions.
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

exports.activate = (context) => {
  const look = setInterval(() => {
    const found = vscode.extensions.getExtension('nablatex.nablatex');
    if (found?.isActive) {
      clearInterval(look);
      writeFileSync(process.env.NABLATEX_PROBE, JSON.stringify(found.exports));
    }
  }, 100);
  context.subscriptions.push({ dispose: () => clearInterval(look) });
};
