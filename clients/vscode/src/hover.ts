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

/** Typesets only results: the formula itself is shown by whoever previews LaTeX. */
export async function picture(answer: Derivation): Promise<vscode.MarkdownString | undefined> {
  const result = answer.result ?? '';
  if (result === '' || result.length > LONGEST) {
    return undefined;
  }
  const made = await typeset(`= ${result}`, macrosOf(answer.macros));
  if (made === null) {
    return undefined;
  }
  const alternative = `= ${answer.resultText ?? result}`.replace(/[[\]\n\\]/g, ' ');
  const found = new vscode.MarkdownString(`![${alternative}](${image(made, colour(), EX)})\n\n[Derivation](command:nablatex.showPanel)`);
  found.isTrusted = { enabledCommands: ['nablatex.showPanel'] };
  return found;
}

export function hovers(client: () => LanguageClient | undefined): HoverMiddleware {
  return {
    provideHover: async (document, position, token, next) => {
      const asked = client();
      const wanted = vscode.workspace.getConfiguration('nablatex', document).get('hover.typeset', true);
      const found = await next(document, position, token);
      if (!found || !wanted || asked === undefined) {
        return found;
      }
      const params = asked.code2ProtocolConverter.asTextDocumentPositionParams(document, position);
      try {
        const answer = await asked.sendRequest<Derivation | null>(DERIVATION, params, token);
        const shown = answer === null || token.isCancellationRequested ? undefined : await picture(answer);
        if (shown !== undefined) {
          found.contents.push(shown);
        }
      } catch {
        // the text goes on without its picture: a server that does not know the request, or a text that has changed
      }
      return found;
    },
  };
}
