#compdef tfckpt
# The script for bash serves zsh, too.
autoload -Uz bashcompinit && bashcompinit
# zsh has no such command.
compopt() { :; }
source "${${(%):-%x}:A:h}/../../bash-completion/completions/tfckpt"
_bash_complete -o default -F _complete_tfckpt
