# >>> kei-git @EVENT@
# Written by `kei-git install`, taken out by `kei-git uninstall`.
if [ -x @NODE@ ] && [ -r @HOOK@ ]; then
  # The program gives back what it read, for the rest of this file. No exec: ksh93 then writes for ever.
  kei_stdin=
  {
    kei_stdin=$(
      export KEI_HOOK_STDIN=3 @HAND_ON@
      unset @VARIABLES@
      @NODE@ @HOOK@ @EVENT@ "$@" 3>&1 >&4 4>&-
    ) || :
  } 4>&1 || :
  case $kei_stdin in
  *+)
    kei_stdin=${kei_stdin%+}
    exec <<kei_end || :
$kei_stdin
kei_end
    ;;
  *-) exec </dev/null || : ;;
  esac
  unset kei_stdin
else
  echo @GONE@ >&2
fi
# <<< kei-git @EVENT@
