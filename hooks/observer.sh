# >>> kei-git @EVENT@
# Written by `kei-git install`, taken out by `kei-git uninstall`.
if [ -x @NODE@ ] && [ -r @HOOK@ ]; then
  (
    export @HAND_ON@
    unset @VARIABLES@
    exec @NODE@ @HOOK@ @EVENT@ "$@"
  ) || :
else
  echo @GONE@ >&2
fi
# <<< kei-git @EVENT@
