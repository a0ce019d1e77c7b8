# >>> kei-git @EVENT@
# Written by `kei-git install`, taken out by `kei-git uninstall`.
if [ -x @NODE@ ] && [ -r @HOOK@ ]; then
  # The program gives back what it read, for the rest of this file.
  kei_stdin=
  {
    kei_stdin=$(
      export KEI_HOOK_STDIN=3 @HAND_ON@
      unset @VARIABLES@
      exec @NODE@ @HOOK@ @EVENT@ "$@" 3>&1 >&4 4>&-
    ) || exit $?
  } 4>&1 || exit $?
  case $kei_stdin in
  *+)
    kei_stdin=${kei_stdin%+}
    exec <<kei_end || exit 1
$kei_stdin
kei_end
    ;;
  *-) exec </dev/null || exit 1 ;;
  esac
  unset kei_stdin
else
  echo @GONE@ >&2
  exit 1
fi
# <<< kei-git @EVENT@
