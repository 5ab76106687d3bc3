;;; An author's session in Emacs with eglot: a wrong step is seen and mended, a derivative inserted.  -*- lexical-binding: t -*-
(require 'package)
(package-initialize)
(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(require 'tex-mode)

(defun fail (&rest words)
  (message "%s" (apply #'format words))
  (kill-emacs 1))

(setq eglot-connect-timeout 200
      jrpc-default-request-timeout 200) ; machines are busy

(defmacro wait (what &rest ready)
  `(with-timeout (200 (fail "waited in vain for %s" ,what))
     (while (not (progn ,@ready)) (accept-process-output nil 0.05))))

;; the configuration of docs/editors.md, with the interpreter of the tests
(load (getenv "NABLATEX_CONFIGURATION"))
(setf (alist-get '(latex-mode plain-tex-mode markdown-mode) eglot-server-programs nil nil #'equal)
      (list (getenv "NABLATEX_PYTHON") "-m" "nablatex.cli.main" "lsp"))

(find-file (getenv "NABLATEX_FILE"))
(latex-mode)
(run-hooks 'post-command-hook)
(wait "the server" (eglot-current-server))

(defun shown () (flymake-diagnostics))
(wait "a diagnostic" (shown))
(let ((found (car (shown))))
  (message "diagnostic line %s: %s" (line-number-at-pos (flymake-diagnostic-beg found))
           (car (split-string (flymake-diagnostic-text found) "\n")))
  (goto-char (flymake-diagnostic-beg found)))

(defun act (title)
  "Chooses an action in the menu that an author gets."
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_prompt choices &rest _)
               (or (cl-find-if (lambda (c) (string-prefix-p title c))
                               (mapcar (lambda (c) (if (consp c) (car c) c)) choices))
                   (fail "no action %s in %S" title choices)))))
    (let ((last-nonmenu-event ?a)) ; the menu of the keyboard, not of the mouse
      (call-interactively #'eglot-code-actions))))

(act "Replace by 2X")
(wait "the mend" (string-match-p "= 2X^\\\\top (Xb - a)" (buffer-string)))
(eglot--signal-textDocument/didChange) ; what idle time does where someone types
(wait "the diagnostic to go" (not (shown)))

(defun hover ()
  (plist-get (plist-get (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))
                        :contents)
             :value))
(goto-char (point-min))
(search-forward "$\\fr")
(message "result %s" (hover))
(search-forward "{\\partial f}")
(act "Insert derivative")
(wait "the derivative" (string-match-p "partial X} = a b\\^\\\\top" (buffer-string)))

(eglot--signal-textDocument/didChange)
(message "hover %s" (hover))
(let ((panel (jsonrpc-request (eglot-current-server) :nablatex/derivation (eglot--TextDocumentPositionParams))))
  (message "panel %s" (plist-get panel :resultText)))
(princ (buffer-string))
(eglot-shutdown (eglot-current-server))
(set-buffer-modified-p nil)
(kill-emacs 0)
