# >>> kei-git @EVENT@
# Written by `kei-git install`, taken out by `kei-git uninstall`.
if [ -x @NODE@ ] && [ -r @HOOK@ ]; then
  kei_code=0
  (
    export KEI_HOOK_FINE=@FINE@ @HAND_ON@
    unset @VARIABLES@
    exec @NODE@ @HOOK@ @EVENT@ "$@"
  ) || kei_code=$?
  # A program that lost its text ends with 0.
  case $kei_code in
  @FINE@) unset kei_code ;;
  0)
    echo @DAMAGED@ >&2
    exit 1
    ;;
  *) exit "$kei_code" ;;
  esac
else
  echo @GONE@ >&2
  exit 1
fi
# <<< kei-git @EVENT@
