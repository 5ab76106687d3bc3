/** The hover: what the server says, and under it the result as a picture in the theme's colour. */
import * as vscode from 'vscode';
import type { HoverMiddleware, LanguageClient } from 'vscode-languageclient/node';
import { DERIVATION, type Derivation } from './protocol.js';
import { image, macrosOf, typeset } from './typeset/typeset.js';

const EX = 8.5;
const LONGEST = 4000;

/** Text colours of VS Code's own themes: a picture cannot ask for them. */
function colour(): string {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return '#333333';
    case vscode.ColorThemeKind.HighContrastLight:
      return '#000000';
    case vscode.ColorThemeKind.HighContrast:
      return '#ffffff';
    default:
      return '#d4d4d4';
  }
}

/** Typesets only what Nablatex itself says: the formula as written is shown by whoever previews LaTeX. */
async function picture(latex: string, text: string, answer: Derivation, display: boolean): Promise<string | undefined> {
  const made = latex.length > LONGEST ? null : await typeset(latex, macrosOf(answer.macros), display);
  return made === null ? undefined : `![${text.replace(/[[\]\n\\]/g, ' ')}](${image(made, colour(), EX)})`;
}

/** The result as a picture; its text is what is read out, and what is shown where pictures are not. */
async function result(answer: Derivation): Promise<vscode.MarkdownString | undefined> {
  const shown = answer.result ? await picture(`= ${answer.result}`, `= ${answer.resultText ?? answer.result}`, answer, true) : undefined;
  if (shown === undefined) {
    return undefined;
  }
  const found = new vscode.MarkdownString(`**result** ${shown}\n\n[Derivation](command:nablatex.showPanel)`);
  found.isTrusted = { enabledCommands: ['nablatex.showPanel'] };
  return found;
}

const READS = /^reads as `([^`]+)`$/;
const TOLD = /^(\*\*(fails|ill-shaped|conditional)\*\*|not understood): /;

/** What the server says, without what a problem at the same place says already, and with its reading typeset. */
async function words(said: string, answer: Derivation | null, told: boolean): Promise<string> {
  const lines = said.split('\n\n').filter((line) => !(told && TOLD.test(line)));
  const typeset = lines.map(async (line) => {
    const reading = READS.exec(line)?.[1];
    const shown = reading === undefined || answer === null ? undefined : await picture(reading, reading, answer, false);
    return shown === undefined ? line : `reads as ${shown}`;
  });
  return (await Promise.all(typeset)).join('\n\n');
}

export function hovers(client: () => LanguageClient | undefined): HoverMiddleware {
  return {
    provideHover: async (document, position, token, next) => {
      const asked = client();
      const wanted = vscode.workspace.getConfiguration('nablatex', document).get('hover.typeset', true);
      const found = await next(document, position, token);
      if (!found || asked === undefined) {
        return found;
      }
      let answer: Derivation | null = null;
      try {
        const params = asked.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
        answer = wanted ? await asked.sendRequest<Derivation | null>(DERIVATION, params, token) : null;
      } catch {
        // the text goes on without its pictures: a text that has changed, or a server that does not know the request
      }
      const told = vscode.languages.getDiagnostics(document.uri).some((d) => d.source === 'nablatex' && d.range.contains(position));
      for (const part of found.contents) {
        if (part instanceof vscode.MarkdownString) {
          part.value = await words(part.value, answer, told);
        }
      }
      const shown = answer === null ? undefined : await result(answer);
      found.contents = [...found.contents.filter((part) => !(part instanceof vscode.MarkdownString) || part.value !== ''), ...(shown ? [shown] : [])];
      return found;
    },
  };
}
